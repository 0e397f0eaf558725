"""A ward's own pathways: what a version says, whether it can be published, what it changes."""
