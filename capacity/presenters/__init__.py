"""The words and pictures of capacity's pages: no queries, no request."""
