"""Says that what a board shows of an admission's observations is no longer what it was."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import F

from observations.models import Standing


def touch_standing(admission_id: UUID) -> None:
    """Called by every change to an alert or a reading; the board's version counts it."""
    Standing.objects.update_or_create(
        admission_id=admission_id,
        defaults={"version": F("version") + 1},
        create_defaults={"version": 1},
    )


def touch_standings(ids: Collection[UUID]) -> None:
    """The same for many; those that never had a reading have no standing, and get one."""
    touched = set(ids)
    locked = Standing.objects.select_for_update().filter(pk__in=touched).order_by("pk")
    known = {standing.pk for standing in locked} if touched else set()
    if known:
        Standing.objects.filter(pk__in=known).update(version=F("version") + 1)
    for admission_id in sorted(touched - known):
        touch_standing(admission_id)
