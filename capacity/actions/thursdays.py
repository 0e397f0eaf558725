"""Freezes each Thursday's count at 08:00 London; what is corrected later no longer reaches it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from capacity import counting
from capacity.actions.figures import SETTLES_AFTER, first_ever
from capacity.models import Thursday
from capacity.sitrep import THURSDAY
from lib import london

ONE_FREEZE_AT_A_TIME: Final = 0x56_57_0801  # our own number among the advisory locks
THURSDAYS_AT_ONCE: Final = 13
_WEEK: Final = dt.timedelta(days=7)

_BEDS: Final = f"""
INSERT INTO capacity_frozenbeds
    (thursday_id, ward_id, provider_id, icb_id, commissioned, surge, closed)
SELECT t.id, c.ward, c.provider, c.icb, c.commissioned, c.surge, c.closed
FROM ({counting.BEDS}) AS c(day, ward, provider, icb, commissioned, surge, closed, free)
JOIN capacity_thursday t ON t.day = c.day
"""  # noqa: S608 — put together from constants only
_PATIENTS: Final = f"""
INSERT INTO capacity_frozenpatients
    (thursday_id, ward_id, provider_id, icb_id, pathway, route, patients, over_capacity, on_leave)
SELECT t.id, c.ward, c.provider, c.icb, c.pathway, c.route, c.patients, c.over_capacity,
       c.on_leave
FROM ({counting.PATIENTS})
  AS c(day, ward, provider, icb, pathway, route, patients, in_bed, over_capacity, on_leave)
JOIN capacity_thursday t ON t.day = c.day
"""  # noqa: S608 — as above


def freeze(*, at: dt.datetime | None = None) -> list[dt.date]:
    """Thursdays due by `at` that were never frozen, in order; one run at a time does it."""
    at = at or timezone.now()
    frozen: list[dt.date] = []
    while part := _freeze_some(at):
        frozen += part
    return frozen


@transaction.atomic
def _freeze_some(at: dt.datetime) -> list[dt.date]:
    if not _alone():
        return []
    days = list(_wanting(at))
    Thursday.objects.bulk_create(
        Thursday(day=day, counted_at=london.count_instant(day), frozen_at=at) for day in days
    )
    given = counting.parameters(counting.mornings(days))
    with connection.cursor() as cursor:
        cursor.execute(_BEDS, given)
        cursor.execute(_PATIENTS, given)
    return days


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_FREEZE_AT_A_TIME])
        return bool(cursor.fetchone()[0])


def _wanting(at: dt.datetime) -> Iterator[dt.date]:
    """Whoever was being admitted at 08:00 has committed when it is a quarter past."""
    day = _first()
    for _ in range(THURSDAYS_AT_ONCE):
        if day is None or london.count_instant(day) + SETTLES_AFTER > at:
            return
        yield day
        day += _WEEK


def _first() -> dt.date | None:
    """The Thursday after the last frozen one, or the first since there are beds."""
    newest = Thursday.objects.order_by("-day").values_list("day", flat=True).first()
    if newest is not None:
        return newest + _WEEK
    first = first_ever()
    return first and first + dt.timedelta(days=(THURSDAY - first.isoweekday()) % 7)
