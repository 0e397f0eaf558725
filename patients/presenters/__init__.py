"""How this app words what it shows: no queries, no request."""
