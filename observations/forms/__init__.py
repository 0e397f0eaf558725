"""What the pages of observations ask."""
