"""Who is called, when, and again."""
