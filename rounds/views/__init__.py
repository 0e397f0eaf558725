"""The pages of the clinicians' desk."""
