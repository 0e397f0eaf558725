"""Reads what the pages and the API show: counts only, added up before any ratio is taken."""
