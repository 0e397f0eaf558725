"""What changes patients, referrals, admissions and plans: every write of this app is here."""
