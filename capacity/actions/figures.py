"""Writes the daily figures: each day as at 08:00 London, computed from the periods themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Min, QuerySet
from django.utils import timezone

from capacity import counting, runs, weighing
from capacity.actions import corrections
from capacity.models import Bed, DailyBeds, StaleFigure, Stay, Ward
from lib import london

ONE_REFRESH_AT_A_TIME: Final = 0x56_57_0800  # our own number among the advisory locks
# Each part looks at all that touches it; a year's counts fit into the memory that they may use.
DAYS_AT_ONCE: Final = 370
# It would sort millions of rows by texts rather than look a few thousand up.
_ROOM: Final = "SET LOCAL work_mem = '256MB'; SET LOCAL enable_mergejoin = off"
# Whoever was being admitted while the count ran committed within this, and is counted again.
SETTLES_AFTER: Final = dt.timedelta(minutes=15)


# A row is written only where it differs, or was counted before its day had settled: two years
# counted again are millions of rows, nearly all of them right already.
_PUT: Final = """
WITH counted AS ({counted}),
known AS (
    SELECT * FROM {table}
    WHERE day = ANY(%(days)s::date[]) AND {wards}
),
compared AS (
    SELECT {key}, k.id AS known, {new}, {was}
    FROM counted c FULL JOIN known k USING ({key})
    WHERE k.id IS NULL OR c.{first} IS NULL OR ({new}) <> ({old})
       OR k.computed_at < (day + %(count_time)s) AT TIME ZONE 'Europe/London' + %(settles)s
),
{corrected},
gone AS (
    DELETE FROM {table} t USING compared c WHERE t.id = c.known AND c.{first} IS NULL
),
put AS (
    INSERT INTO {table} ({key}, {names}, computed_at)
    SELECT {key}, {names}, %(computed)s FROM compared WHERE {first} IS NOT NULL
    ON CONFLICT ({key}) DO UPDATE SET {set}, computed_at = excluded.computed_at
)
SELECT DISTINCT icb_id, day FROM compared
"""


def _put(table: str, counted: str, key: str, *names: str) -> str:
    return _PUT.format(
        table=table,
        counted=counted,
        wards=counting.WARDS.format("ward_id"),
        key=key,
        first=names[0],
        names=", ".join(names),
        new=", ".join(f"c.{name}" for name in names),
        was=corrections.was(names),
        corrected=corrections.corrected(names),
        old=", ".join(f"k.{name}" for name in names),
        set=", ".join(f"{name} = excluded.{name}" for name in names),
    )


_BEDS: Final = _put(
    *("capacity_dailybeds", runs.BEDS, "day, ward_id, provider_id, icb_id"),
    *("commissioned", "surge", "closed"),
)
_PATIENTS: Final = _put(
    *("capacity_dailypatients", runs.PATIENTS),
    "day, ward_id, provider_id, icb_id, pathway, route",
    *("patients", "over_capacity", "on_leave"),
)
_TOUCHED: Final = "unnest(%(icbs)s::bigint[], %(days)s::date[]) AS t(icb_id, day)"
_NO_SUMS: Final = f"""
DELETE FROM capacity_dailysums s USING {_TOUCHED} WHERE s.icb_id = t.icb_id AND s.day = t.day
"""  # noqa: S608 — put together from constants only
_SUMS: Final = f"""
INSERT INTO capacity_dailysums
    (icb_id, day, commissioned, surge, closed, patients, over_capacity, on_leave, computed_at)
SELECT icb_id, day, sum(commissioned), sum(surge), sum(closed), sum(patients),
       sum(over_capacity), sum(on_leave), %(computed)s
FROM (
    SELECT icb_id, day, commissioned, surge, closed,
           0 AS patients, 0 AS over_capacity, 0 AS on_leave
    FROM capacity_dailybeds JOIN {_TOUCHED} USING (icb_id, day)
    UNION ALL
    SELECT icb_id, day, 0, 0, 0, patients, over_capacity, on_leave
    FROM capacity_dailypatients JOIN {_TOUCHED} USING (icb_id, day)
) AS counted
GROUP BY icb_id, day
"""  # noqa: S608 — as above


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Days counted for all wards asked for, and days of single wards counted again."""

    days: int = 0
    corrected: int = 0


def refresh(
    *,
    days: Iterable[dt.date] | None = None,
    wards: QuerySet[Ward] | None = None,
    at: dt.datetime | None = None,
) -> Refreshed:
    """Days not yet counted up to `at`, and those that a correction touched; or just the `days`.

    Whenever it runs, and however often, the rows are the same. Only one runs at a time: a second
    one does nothing. Each step is a transaction: whoever notes a correction waits for the few
    wards that were noted, never for years, and what is broken off is whole up to there.
    """
    at = at or timezone.now()
    corrected = _recount_stale(at)
    if corrected is None:
        return Refreshed()
    ids = None if wards is None else list(wards.values_list("pk", flat=True))
    wanted = _wanting(at) if days is None else sorted(set(days))
    wanted = [day for day in wanted if london.count_instant(day) <= at]
    settled = corrections.settled(wanted)
    _count([day for day in wanted if day not in settled], ids, at)
    _check([day for day in wanted if day in settled], ids, at)
    return Refreshed(days=len(wanted), corrected=corrected)


def _count(days: list[dt.date], wards: list[int] | None, at: dt.datetime) -> None:
    for part in _parts(days):
        with _our_turn():
            recount(counting.mornings(part, wards=wards), at=at)
            if wards is None:
                corrections.settle(part, at=at, after=SETTLES_AFTER)


def _check(days: list[dt.date], wards: list[int] | None, at: dt.datetime) -> None:
    """Settled days, nearly all of them right: patients are counted of wards that differ only."""
    if not days:
        return
    with _our_turn():
        differing = weighing.differing(counting.mornings(days, wards=wards), settles=SETTLES_AFTER)
    for part in _parts(days):
        with _our_turn():
            recount(counting.mornings(part, wards=wards), at=at, patients_of=differing)


def recount(
    question: counting.Question,
    *,
    at: dt.datetime,
    notes: Mapping[dt.date, str] | None = None,
    patients_of: tuple[int, ...] | None = None,
) -> None:
    """What stands there for these days and wards is brought to what the periods say; what that
    changes in a settled day is written down, with what `notes` say of why. Patients may be left
    to some of the wards."""
    days = [day for day, _ in question.moments]
    given = runs.parameters(question) | {
        "computed": at,
        "count_time": london.COUNT_TIME,
        "settles": SETTLES_AFTER,
        **corrections.parameters(days, notes or {}),
    }
    asked = [(_BEDS, given)]
    if patients_of is None:
        asked.append((_PATIENTS, given))
    elif patients_of:
        asked.append((_PATIENTS, given | {"wards": list(patients_of)}))
    touched: set[tuple[int, dt.date]] = set()
    with connection.cursor() as cursor:
        for sql, values in asked:
            cursor.execute(sql, values)
            touched.update(cursor.fetchall())
        _add_up(cursor, touched, at=at)


def _add_up(cursor: CursorWrapper, touched: set[tuple[int, dt.date]], *, at: dt.datetime) -> None:
    icbs, days = [icb for icb, _ in touched], [day for _, day in touched]
    given: dict[str, Any] = {"icbs": icbs, "days": days, "computed": at}
    if touched:
        cursor.execute(_NO_SUMS, given)
        cursor.execute(_SUMS, given)


@contextmanager
def _our_turn() -> Iterator[None]:
    """A transaction that no other refresh runs beside."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_REFRESH_AT_A_TIME])
        cursor.execute(_ROOM)
        yield


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_REFRESH_AT_A_TIME])
        return bool(cursor.fetchone()[0])


def _wanting(at: dt.datetime) -> list[dt.date]:
    """From the first day never counted to the last one due; a fresh count is made twice."""
    first, last = _first_day(), london.last_counted(at)
    if first is None or first > last:
        return []
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def _first_day() -> dt.date | None:
    newest = DailyBeds.objects.order_by("-day").first()
    if newest is None:
        return first_ever()
    # By the day and not by its rows: a ward that was corrected meanwhile is no day counted again.
    return newest.day + dt.timedelta(days=1) if corrections.is_settled(newest.day) else newest.day


def first_ever() -> dt.date | None:
    """The London day of the first bed or stay."""
    starts = [
        Bed.objects.aggregate(first=Min("starts"))["first"],
        Stay.objects.aggregate(first=Min("starts"))["first"],
    ]
    known = [london.day_of(start) for start in starts if start is not None]
    return min(known) if known else None


@transaction.atomic
def _recount_stale(at: dt.datetime) -> int | None:
    """Notes are taken before counting: one written meanwhile stays for the next run. None while
    another refresh is at work."""
    if not _alone():
        return None
    notes = list(
        StaleFigure.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(day__lte=london.last_counted(at))
        .order_by("ward", "day")
    )
    StaleFigure.objects.filter(pk__in=[note.pk for note in notes]).delete()
    by_ward: dict[int, dict[dt.date, str]] = {}
    for note in notes:
        by_ward.setdefault(note.ward_id, {})[note.day] = note.why
    for ward, whys in by_ward.items():
        recount(counting.mornings(list(whys), wards=[ward]), at=at, notes=whys)
    return len(notes)


def _parts(days: list[dt.date]) -> Iterator[list[dt.date]]:
    for start in range(0, len(days), DAYS_AT_ONCE):
        yield days[start : start + DAYS_AT_ONCE]
