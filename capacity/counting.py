"""Counts beds and patients at given instants: the one statement behind now, 08:00 and history.

Every figure of the house comes from here. A bed counts where it is allocated that day; a patient
counts where their bed does, or with the ward's lead provider and ICB when they have none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from lib import london
from lib.prepared import Statement

# Half-open periods throughout: who leaves at 08:00 is no longer counted at 08:00.
_MOMENTS: Final = """
moments AS (
    SELECT * FROM unnest(%(days)s::date[], %(instants)s::timestamptz[]) AS m(day, at)
),
here AS (
    SELECT m.day, m.at, w.id, w.lead_provider_id, w.icb_id
    FROM moments m JOIN capacity_ward w
      ON w.opens <= m.day AND (w.closes IS NULL OR w.closes > m.day)
    WHERE (%(wards)s::bigint[] IS NULL OR w.id = ANY(%(wards)s))
      AND (NOT %(counting)s OR NOT EXISTS (
          SELECT 1 FROM capacity_wardexclusion x
          WHERE x.ward_id = w.id AND x.starts <= m.day AND (x.ends IS NULL OR x.ends > m.day)))
)
"""

# The same of one ward at one instant, which a connection plans once.
_ONE_WARD: Final = """
here AS (
    SELECT %(day)s AS day, %(at)s AS at, w.id, w.lead_provider_id, w.icb_id
    FROM capacity_ward w
    WHERE w.id = %(ward)s AND w.opens <= %(day)s AND (w.closes IS NULL OR w.closes > %(day)s)
)
"""
_OF_ONE_WARD: Final = {"ward": "bigint", "day": "date", "at": "timestamptz"}

_ALLOCATION: Final = """
LEFT JOIN capacity_bedallocation a ON a.bed_id = {bed}
     AND a.starts <= h.day AND (a.ends IS NULL OR a.ends > h.day)
"""

_STAYS_THEN: Final = """
    FROM capacity_stay s JOIN capacity_spell p ON p.id = s.spell_id
    WHERE s.{of} AND s.starts <= h.at AND (s.ends IS NULL OR s.ends > h.at)
      AND p.destination <> 'entered_in_error'
"""


def _beds(here: str) -> str:
    return f"""
WITH {here}, beds AS (
    SELECT h.day, h.id AS ward_id, b.kind,
           coalesce(a.provider_id, h.lead_provider_id) AS provider_id,
           coalesce(a.icb_id, h.icb_id) AS icb_id,
           EXISTS (SELECT 1 FROM capacity_bedclosure c
                   WHERE c.bed_id = b.id AND c.starts <= h.at
                     AND (c.ends IS NULL OR c.ends > h.at)) AS closed,
           EXISTS (SELECT 1 {_STAYS_THEN.format(of="bed_id = b.id")}) AS taken
    FROM here h
    JOIN capacity_bed b ON b.ward_id = h.id
     AND b.starts <= h.at AND (b.ends IS NULL OR b.ends > h.at)
    {_ALLOCATION.format(bed="b.id")}
)
SELECT day, ward_id, provider_id, icb_id,
       count(*) FILTER (WHERE kind = 'commissioned' AND NOT closed),
       count(*) FILTER (WHERE kind = 'surge' AND NOT closed),
       count(*) FILTER (WHERE kind = 'commissioned' AND closed),
       count(*) FILTER (WHERE kind = 'commissioned' AND NOT closed AND NOT taken)
FROM beds GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""  # noqa: S608 — put together from constants of this module only


def _patients(here: str) -> str:
    return f"""
WITH {here}
SELECT h.day, h.id, coalesce(a.provider_id, h.lead_provider_id), coalesce(a.icb_id, h.icb_id),
       s.pathway, s.route, count(*),
       count(*) FILTER (WHERE s.bed_id IS NOT NULL),
       count(*) FILTER (WHERE s.no_bed = 'over_capacity'),
       count(*) FILTER (WHERE EXISTS (
           SELECT 1 FROM capacity_leave l WHERE l.spell_id = s.spell_id
             AND l.starts <= h.at AND (l.ends IS NULL OR l.ends > h.at)))
FROM here h
JOIN capacity_stay s ON s.ward_id = h.id
 AND s.starts <= h.at AND (s.ends IS NULL OR s.ends > h.at)
 -- Says nothing new, but as a value: the planner then reads the few that had not ended by it.
 AND (s.ends IS NULL OR s.ends > %(first)s)
JOIN capacity_spell p ON p.id = s.spell_id AND p.destination <> 'entered_in_error'
{_ALLOCATION.format(bed="s.bed_id")}
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
"""  # noqa: S608 — put together from constants of this module only


BEDS: Final = _beds(_MOMENTS)
PATIENTS: Final = _patients(_MOMENTS)
_BEDS_OF: Final = Statement("ward_beds", _beds(_ONE_WARD), **_OF_ONE_WARD)
_PATIENTS_OF: Final = Statement(
    "ward_patients", _patients(_ONE_WARD).replace("%(first)s", "%(at)s"), **_OF_ONE_WARD
)


@dataclass(frozen=True, slots=True)
class BedLine:
    """Beds of one ward that one provider reports for one ICB."""

    day: dt.date
    ward: int
    provider: int
    icb: int
    commissioned: int
    surge: int
    closed: int
    free: int


@dataclass(frozen=True, slots=True)
class PatientLine:
    """Patients of one ward, provider and ICB, on one pathway and route."""

    day: dt.date
    ward: int
    provider: int
    icb: int
    pathway: str
    route: str
    patients: int
    in_bed: int
    over_capacity: int
    on_leave: int


@dataclass(frozen=True, slots=True)
class Question:
    """Which instants, and which wards (None: all); `counting` leaves out excluded wards."""

    moments: tuple[tuple[dt.date, dt.datetime], ...]
    wards: tuple[int, ...] | None = None
    counting: bool = False


def now(at: dt.datetime, *, wards: Iterable[int] | None = None, counting: bool = False) -> Question:
    return Question(((london.day_of(at), at),), _ids(wards), counting)


def mornings(days: Sequence[dt.date], *, wards: Iterable[int] | None = None) -> Question:
    """08:00 London of each day, as the published statistic counts."""
    moments = tuple((day, london.count_instant(day)) for day in days)
    return Question(moments, _ids(wards), counting=True)


def beds(question: Question) -> list[BedLine]:
    return [BedLine(*row) for row in _rows(BEDS, question)]


def patients(question: Question) -> list[PatientLine]:
    return [PatientLine(*row) for row in _rows(PATIENTS, question)]


def of_ward(ward: int, at: dt.datetime) -> tuple[list[BedLine], list[PatientLine]]:
    """Both, of one ward as at one instant: what its board asks every few seconds."""
    given = {"ward": ward, "day": london.day_of(at), "at": at}
    return (
        [BedLine(*row) for row in _BEDS_OF.rows(given)],
        [PatientLine(*row) for row in _PATIENTS_OF.rows(given)],
    )


def _ids(wards: Iterable[int] | None) -> tuple[int, ...] | None:
    return None if wards is None else tuple(wards)


def parameters(question: Question) -> dict[str, Any]:
    """As the statements name them."""
    return {
        "days": [day for day, _ in question.moments],
        "instants": [at for _, at in question.moments],
        "first": min((at for _, at in question.moments), default=None),
        "wards": None if question.wards is None else list(question.wards),
        "counting": question.counting,
    }


def _rows(sql: str, question: Question) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters(question))
        return list(cursor.fetchall())
