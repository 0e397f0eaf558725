"""Measures the main paths, each beside what the machine could do at most in the same run."""
