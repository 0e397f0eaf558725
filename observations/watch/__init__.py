"""What time alone brings about: due, late, silent, stale."""
