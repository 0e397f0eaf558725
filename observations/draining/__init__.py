"""From the inbox to everything that a reading changes, in one transaction a batch."""
