"""Leaves that know nothing of the house: time, charts, problems, fragments."""
