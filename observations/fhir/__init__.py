"""FHIR R4: readings in from other systems, and patients, stays, kit and readings out to staff.

`mapping` translates and knows no database; `finding` asks it; the views stand on both.
"""
