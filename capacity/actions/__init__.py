"""What changes beds, stays, referral facts and figures: every write of capacity is here."""
