"""Flows and stays in words, pictures and tables."""
