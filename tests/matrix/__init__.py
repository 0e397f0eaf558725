"""Who may open what: one module per app, each with ROWS; tests/accounts/test_matrix.py asks."""
