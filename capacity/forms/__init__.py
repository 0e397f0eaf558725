"""What is typed or sent about figures."""
