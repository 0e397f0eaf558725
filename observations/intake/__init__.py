"""How uploads come in: understood as JSON, kept as one row, a worker woken."""
