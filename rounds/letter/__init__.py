"""Letters as PDF: tagged, in real text, in any alphabet that a font here has."""
