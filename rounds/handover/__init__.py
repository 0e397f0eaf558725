"""What is read when a ward is handed over, and when it is taken back."""
