"""Commands of observations."""
