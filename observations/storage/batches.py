"""The order in which things happened: one number for all that is written together."""

from __future__ import annotations

from observations.storage.queries import rows


def next_batch() -> int:
    """Drawn after the admissions are locked, so that what rang can be replayed exactly."""
    return int(rows("SELECT nextval('observations_batch')", [])[0][0])
