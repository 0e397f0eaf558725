"""A day's visits and other tasks of a ward: who goes where, and what for."""
