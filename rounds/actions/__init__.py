"""Writes of the clinicians’ desk."""
