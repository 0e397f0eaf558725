"""Words, colours and addresses of the clinicians' desk; no queries, no request."""
