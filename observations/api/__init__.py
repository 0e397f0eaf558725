"""What machines ask of observations, below /api/v1/."""
