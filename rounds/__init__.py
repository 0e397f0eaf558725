"""The clinicians' desk: board, patient page, admitting and discharging."""
