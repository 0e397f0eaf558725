"""A whole stay for other systems, as FHIR R4."""
