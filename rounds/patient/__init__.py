"""One patient: what their page, their admission and their departure need to know."""
