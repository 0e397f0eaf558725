"""What is changed afterwards: custody and single readings, with a trace."""
