"""Notes the days whose figures a change from earlier made untrue, to be computed again."""

from __future__ import annotations

import datetime as dt

from django.db.models import Max
from django.utils import timezone

from capacity.models import DailyBeds, StaleFigure, Ward
from lib import london


def mark_stale(
    *, ward: Ward, since: dt.datetime, until: dt.datetime | None = None, why: str
) -> None:
    """Each day already counted whose 08:00 lies in the period; those to come need no note."""
    counted = DailyBeds.objects.aggregate(last=Max("day"))["last"]
    if counted is None:
        return
    days = _days(since, min(until or _just_after(counted), _just_after(counted)))
    rows = [StaleFigure(ward=ward, day=day, why=why, noted_at=timezone.now()) for day in days]
    # Updating on conflict locks the row until we commit: a refresh that is about to take the
    # note waits, and so sees the change that the note is about.
    StaleFigure.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["ward", "day"],
        update_fields=["why", "noted_at"],
    )


def _just_after(last: dt.date) -> dt.datetime:
    """Just behind the last count that was made."""
    return london.count_instant(last) + dt.timedelta(microseconds=1)


def _days(since: dt.datetime, until: dt.datetime) -> list[dt.date]:
    """Days whose count instant lies in the half-open period."""
    first, last = london.day_of(since), london.day_of(until)
    span = (last - first).days + 1
    days = (first + dt.timedelta(days=n) for n in range(max(span, 0)))
    return [day for day in days if since <= london.count_instant(day) < until]
