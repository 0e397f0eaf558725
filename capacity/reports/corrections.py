"""Days whose counts were changed after they had settled: what they were first, and since when."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from capacity.models import CountCorrection

# What a morning calls them.
_NAMED: Final[dict[str, str]] = {CountCorrection.Figure.COMMISSIONED: "beds"}


@dataclass(frozen=True, slots=True)
class Corrected:
    """Of a day at one place: by how much each figure, under a morning's name for it, differs from
    the one that settled first; last changed when, and why."""

    changes: dict[str, int]
    at: dt.datetime
    why: str


def corrections(
    of: QuerySet[CountCorrection], first: dt.date, last: dt.date
) -> dict[dt.date, Corrected]:
    """By day. What moved from one part of the place to another changed nothing of the whole."""
    rows = of.filter(day__range=(first, last)).order_by("corrected_at", "pk")
    changes: defaultdict[dt.date, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    latest: dict[dt.date, tuple[dt.datetime, str]] = {}
    for day, figure, change, at, why in rows.values_list(
        "day", "figure", "change", "corrected_at", "why"
    ):
        changes[day][_NAMED.get(figure, figure)] += change
        latest[day] = (at, why)
    told = {day: {name: n for name, n in by.items() if n} for day, by in changes.items()}
    return {day: Corrected(by, *latest[day]) for day, by in told.items() if by}
