"""Words for the pages of observations; no queries, no request."""
