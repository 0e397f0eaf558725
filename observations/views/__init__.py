"""The pages of observations."""
