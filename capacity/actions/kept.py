"""Counts anew each ward whose kept count does not hold any more."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from capacity import counting

ONE_KEEPER_AT_A_TIME: Final = 0x56_57_0803  # our own number among the advisory locks
# Longest that a count holds: what was written past the actions is told by then.
HOLDS: Final = dt.timedelta(minutes=15)
# Counted anew well before, so that a keeper which is late by minutes keeps nobody waiting.
RENEWED_AFTER: Final = dt.timedelta(minutes=10)

_DUE: Final = f"""
SELECT w.id FROM capacity_ward w LEFT JOIN capacity_keptward k ON k.ward_id = w.id
WHERE {counting.OPEN.format(day="%(day)s")}
  AND (k.roster_version = w.roster_version AND k.until > %(at)s
       AND k.counted_at <= %(at)s AND k.counted_at > %(renewed)s) IS NOT TRUE
"""  # noqa: S608 — put together from constants only


def _edges(of: str, source: str, now: str = "%(at)s", instant: str = "{}") -> str:
    """By ward, the next moment at which the clock alone begins or ends a period."""
    ends = (f"{of}.starts", f"{of}.ends")
    coming = ", ".join(f"CASE WHEN {end} > {now} THEN {instant.format(end)} END" for end in ends)
    return f"""
    SELECT ward_id, least({coming}) AS edge FROM {source}
    WHERE ward_id = ANY(%(wards)s) AND ({ends[0]} > {now} OR {ends[1]} > {now})
"""  # noqa: S608 — put together from constants of this module only


_OF_BEDS: Final = "JOIN capacity_bed b ON b.id = {}.bed_id"
_EDGES: Final = "UNION ALL".join(
    (
        _edges("b", "capacity_bed b"),
        _edges("c", f"capacity_bedclosure c {_OF_BEDS.format('c')}"),
        # A date begins at London's midnight.
        _edges(
            *("a", f"capacity_bedallocation a {_OF_BEDS.format('a')}", "%(day)s"),
            "{}::timestamp AT TIME ZONE 'Europe/London'",
        ),
        _edges("s", "capacity_stay s"),
        _edges(
            "l",
            "capacity_leave l JOIN capacity_stay s"
            " ON s.spell_id = l.spell_id AND (s.ends IS NULL OR s.ends > %(at)s)",
        ),
    )
)


def _lines(name: str, counted: str, key: str, *counts: str) -> str:
    """Lines that are no more go, others are written where they differ."""
    table = f"capacity_kept{name}"
    same = " AND ".join(f"c.{one} = t.{one}" for one in key.split(", "))
    names, told = ", ".join(counts), ", ".join(f"excluded.{one}" for one in counts)
    return f"""
{name} (day, {key}, {names}) AS MATERIALIZED ({counted}),
gone_{name} AS (
    DELETE FROM {table} t WHERE t.ward_id = ANY(%(wards)s)
      AND NOT EXISTS (SELECT FROM {name} c WHERE {same})
),
put_{name} AS (
    INSERT INTO {table} AS t ({key}, {names}) SELECT {key}, {names} FROM {name}
    ON CONFLICT ({key}) DO UPDATE SET ({names}) = ROW({told})
    WHERE ({", ".join(f"t.{one}" for one in counts)}) <> ({told})
)
"""  # noqa: S608 — put together from constants of this module only


_PUT: Final = f"""
WITH edges AS ({_EDGES}),
{_lines("beds", counting.BEDS_AT, "ward_id, provider_id, icb_id", *counting.OF_BEDS)},
{
    _lines(
        "patients",
        counting.PATIENTS_AT,
        "ward_id, provider_id, icb_id, pathway, route",
        *counting.OF_PATIENTS,
    )
}
INSERT INTO capacity_keptward (ward_id, roster_version, counted_at, until)
SELECT w.id, w.roster_version, %(at)s, least(%(until)s, min(e.edge))
FROM capacity_ward w LEFT JOIN edges e ON e.ward_id = w.id
WHERE w.id = ANY(%(wards)s) GROUP BY w.id
ON CONFLICT (ward_id) DO UPDATE SET roster_version = excluded.roster_version,
    counted_at = excluded.counted_at, until = excluded.until
"""  # noqa: S608 — put together from constants of this module only


@transaction.atomic
def keep(*, at: dt.datetime | None = None) -> int:
    """How many wards were counted: those that changed, and those whose count is soon too old.

    Version and lines are one statement's, and so of one snapshot: what is being written
    meanwhile moves the version when it is committed, and then the lines hold no more.
    """
    at = at or timezone.now()
    (_, given), _ = counting.statements(counting.now(at))
    given |= {"renewed": at - RENEWED_AFTER, "until": at + HOLDS}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_KEEPER_AT_A_TIME])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_DUE, given)
        wards = [ward for (ward,) in cursor.fetchall()]
        if wards:
            cursor.execute(_PUT, given | {"wards": wards})
    return len(wards)
