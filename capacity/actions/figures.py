"""Writes the daily figures: each day as at 08:00 London, computed from the periods themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.db.models import Min, QuerySet
from django.utils import timezone

from capacity import counting
from capacity.models import Bed, DailyBeds, DailyPatients, StaleFigure, Stay, Ward
from lib import london

ONE_REFRESH_AT_A_TIME: Final = 0x56_57_0800  # our own number among the advisory locks
DAYS_AT_ONCE: Final = 62
# Whoever was being admitted while the count ran committed within this, and is counted again.
SETTLES_AFTER: Final = dt.timedelta(minutes=15)

_BEDS: Final = f"""
INSERT INTO capacity_dailybeds
    (day, ward_id, provider_id, icb_id, commissioned, surge, closed, computed_at)
SELECT c.day, c.ward, c.provider, c.icb, c.commissioned, c.surge, c.closed, %(computed)s
FROM ({counting.BEDS}) AS c(day, ward, provider, icb, commissioned, surge, closed, free)
"""  # noqa: S608 — put together from constants only
_PATIENTS: Final = f"""
INSERT INTO capacity_dailypatients
    (day, ward_id, provider_id, icb_id, pathway, route, patients, over_capacity, on_leave,
     computed_at)
SELECT c.day, c.ward, c.provider, c.icb, c.pathway, c.route, c.patients, c.over_capacity,
       c.on_leave, %(computed)s
FROM ({counting.PATIENTS})
  AS c(day, ward, provider, icb, pathway, route, patients, in_bed, over_capacity, on_leave)
"""  # noqa: S608 — as above


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Days counted for all wards asked for, and days of single wards counted again."""

    days: int = 0
    corrected: int = 0


@transaction.atomic
def refresh(
    *,
    days: Iterable[dt.date] | None = None,
    wards: QuerySet[Ward] | None = None,
    at: dt.datetime | None = None,
) -> Refreshed:
    """Days not yet counted up to `at`, and those that a correction touched; or just the `days`.

    Whenever it runs, and however often, the rows are the same. Only one runs at a time: a second
    one does nothing.
    """
    at = at or timezone.now()
    if not _alone():
        return Refreshed()
    corrected = _recount_stale(at)
    ids = None if wards is None else list(wards.values_list("pk", flat=True))
    wanted = _wanting(at) if days is None else sorted(set(days))
    wanted = [day for day in wanted if london.count_instant(day) <= at]
    for part in _parts(wanted):
        recount(counting.mornings(part, wards=ids), at=at)
    return Refreshed(days=len(wanted), corrected=corrected)


def recount(question: counting.Question, *, at: dt.datetime) -> None:
    """What stood there for these days and wards goes; what the periods say comes."""
    days = [day for day, _ in question.moments]
    for model in (DailyBeds, DailyPatients):
        old = model._default_manager.filter(day__in=days)
        if question.wards is not None:
            old = old.filter(ward__in=question.wards)
        old.delete()
    given = counting.parameters(question) | {"computed": at}
    with connection.cursor() as cursor:
        cursor.execute(_BEDS, given)
        cursor.execute(_PATIENTS, given)


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_REFRESH_AT_A_TIME])
        return bool(cursor.fetchone()[0])


def _wanting(at: dt.datetime) -> list[dt.date]:
    """From the first day never counted to the last one due; a fresh count is made twice."""
    first, last = _first_day(), _last_due(at)
    if first is None or first > last:
        return []
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def _first_day() -> dt.date | None:
    newest = DailyBeds.objects.order_by("-day", "-computed_at").first()
    if newest is None:
        return first_ever()
    settled = newest.computed_at >= london.count_instant(newest.day) + SETTLES_AFTER
    return newest.day + dt.timedelta(days=1) if settled else newest.day


def first_ever() -> dt.date | None:
    """The London day of the first bed or stay."""
    starts = [
        Bed.objects.aggregate(first=Min("starts"))["first"],
        Stay.objects.aggregate(first=Min("starts"))["first"],
    ]
    known = [london.day_of(start) for start in starts if start is not None]
    return min(known) if known else None


def _last_due(at: dt.datetime) -> dt.date:
    today = london.day_of(at)
    return today if london.count_instant(today) <= at else today - dt.timedelta(days=1)


def _recount_stale(at: dt.datetime) -> int:
    """Notes are taken before counting: one written meanwhile stays for the next run."""
    notes = list(
        StaleFigure.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(day__lte=_last_due(at))
        .order_by("ward", "day")
    )
    StaleFigure.objects.filter(pk__in=[note.pk for note in notes]).delete()
    by_ward: dict[int, list[dt.date]] = {}
    for note in notes:
        by_ward.setdefault(note.ward_id, []).append(note.day)
    for ward, days in by_ward.items():
        recount(counting.mornings(days, wards=[ward]), at=at)
    return len(notes)


def _parts(days: list[dt.date]) -> Iterator[list[dt.date]]:
    for start in range(0, len(days), DAYS_AT_ONCE):
        yield days[start : start + DAYS_AT_ONCE]
