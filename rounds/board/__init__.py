"""The live ward board: what it reads, in which order its rows stand, and its version."""
