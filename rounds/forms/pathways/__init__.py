"""The forms in which a ward words its own pathways."""
