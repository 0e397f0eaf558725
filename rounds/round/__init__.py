"""What a ward round reads: who is on it and how far it is, and one patient's screen."""
