"""People, their referrals, admissions, pathways and plans."""
