"""Says that what a board shows of an admission's observations is no longer what it was."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F

from observations.models import Standing


def touch_standing(admission_id: UUID) -> None:
    """Called by every change to an alert or a reading; the board's version counts it."""
    Standing.objects.update_or_create(
        admission_id=admission_id, defaults={"version": F("version") + 1}, create_defaults={}
    )
