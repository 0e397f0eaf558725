"""Devices, readings, scores and alerts."""
