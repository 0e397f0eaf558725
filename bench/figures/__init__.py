"""The figures of a whole country: how long pages and counts take when two years stand behind."""
