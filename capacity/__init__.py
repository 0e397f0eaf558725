"""Beds, spells, stays and the figures made of them; no patient."""
