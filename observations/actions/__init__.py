"""What people change about devices, keys, readings and alerts."""
