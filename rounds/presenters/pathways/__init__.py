"""The words of a ward's pathways."""
