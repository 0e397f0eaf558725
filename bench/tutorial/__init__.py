"""The yardstick: what a tutorial would build for the same readings, an INSERT for each."""
