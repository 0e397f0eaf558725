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

Asked = tuple[str, dict[str, Any]]


def then(of: str, at: str) -> str:
    """Half-open periods throughout: who leaves at 08:00 is no longer counted at 08:00."""
    return f"{of}.starts <= {at} AND ({of}.ends IS NULL OR {of}.ends > {at})"


@dataclass(frozen=True, slots=True)
class _Instants:
    """The wards that count then, as SQL: `here`; and how the rest says that day and instant."""

    here: str
    day: str
    at: str
    few: bool = False

    def then(self, of: str) -> str:
        return then(of, self.at)

    @property
    def stays(self) -> str:
        """Of few wards told apart, so that each part has its index whatever the instant is."""
        if not self.few:
            return "capacity_stay"
        is_open = "SELECT * FROM capacity_stay WHERE ends IS NULL"
        return f"({is_open} UNION ALL SELECT * FROM capacity_stay WHERE ends > {self.at})"  # noqa: S608 — put together from constants only

    def allocation(self, bed: str) -> str:
        """Of few beds looked up one by one (what OFFSET does), else all read at once."""
        found = f"capacity_bedallocation a ON a.bed_id = {bed} AND {then('a', self.day)}"
        if not self.few:
            return f"LEFT JOIN {found}"
        one_by_one = f"SELECT * FROM {found.replace(' ON ', ' WHERE ')} OFFSET 0"  # noqa: S608 — put together from constants only
        return f"LEFT JOIN LATERAL ({one_by_one}) a ON true"


# Told by the few that are in error, not by the millions that are none.
REAL: Final = """
NOT EXISTS (SELECT FROM capacity_spell p
            WHERE p.id = s.spell_id AND p.destination = 'entered_in_error')
"""
_OPEN: Final = "w.opens <= {day} AND (w.closes IS NULL OR w.closes > {day})"
_COUNTING: Final = f"""
NOT EXISTS (SELECT FROM capacity_wardexclusion x
            WHERE %(counting)s AND x.ward_id = w.id AND {then("x", "{day}")})
"""
WARDS: Final = "(%(wards)s::bigint[] IS NULL OR {} = ANY(%(wards)s))"

_MANY: Final = _Instants(
    f"""
moments AS (
    SELECT * FROM unnest(%(days)s::date[], %(instants)s::timestamptz[]) WITH ORDINALITY
      AS m(day, at, number)
),
here AS (
    SELECT m.day, m.at, m.number, w.id, w.lead_provider_id, w.icb_id
    FROM moments m JOIN capacity_ward w ON {_OPEN.format(day="m.day")}
    WHERE {_COUNTING.format(day="m.day")} AND {WARDS.format("w.id")}
)
""",  # noqa: S608 — put together from constants only
    day="h.day",
    at="h.at",
)
# An instant as a value: the planner then knows that few periods are going on at it.
_ONE: Final = _Instants(
    f"""
here AS (
    SELECT %(day)s::date AS day, w.id, w.lead_provider_id, w.icb_id
    FROM capacity_ward w
    WHERE {_OPEN.format(day="%(day)s::date")} AND {_COUNTING.format(day="%(day)s::date")}
      AND {WARDS.format("w.id")}
)
""",  # noqa: S608 — put together from constants only
    day="%(day)s::date",
    at="%(at)s::timestamptz",
)
# The same of one ward, which a connection plans once.
_ONE_WARD: Final = _Instants(
    f"""
here AS (
    SELECT %(day)s AS day, w.id, w.lead_provider_id, w.icb_id
    FROM capacity_ward w WHERE w.id = %(ward)s AND {_OPEN.format(day="%(day)s")}
)
""",  # noqa: S608 — put together from constants only
    day="%(day)s",
    at="%(at)s",
    few=True,
)
_OF_ONE_WARD: Final = {"ward": "bigint", "day": "date", "at": "timestamptz"}


def _beds(then: _Instants) -> str:
    return f"""
WITH {then.here}, beds AS (
    SELECT h.day, h.id AS ward_id, b.kind,
           coalesce(a.provider_id, h.lead_provider_id) AS provider_id,
           coalesce(a.icb_id, h.icb_id) AS icb_id,
           count(c.id) > 0 AS closed, count(s.id) > 0 AS taken
    FROM here h
    JOIN capacity_bed b ON b.ward_id = h.id AND {then.then("b")}
    {then.allocation("b.id")}
    LEFT JOIN capacity_bedclosure c ON c.bed_id = b.id AND {then.then("c")}
    LEFT JOIN capacity_stay s ON s.bed_id = b.id AND {then.then("s")} AND {REAL}
    GROUP BY 1, 2, 3, 4, 5, b.id
)
SELECT day, ward_id, provider_id, icb_id,
       count(*) FILTER (WHERE kind = 'commissioned' AND NOT closed),
       count(*) FILTER (WHERE kind = 'surge' AND NOT closed),
       count(*) FILTER (WHERE kind = 'commissioned' AND closed),
       count(*) FILTER (WHERE kind = 'commissioned' AND NOT closed AND NOT taken)
FROM beds GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""  # noqa: S608 — put together from constants of this module only


def _patients(then: _Instants) -> str:
    return f"""
WITH {then.here}
SELECT h.day, h.id, coalesce(a.provider_id, h.lead_provider_id), coalesce(a.icb_id, h.icb_id),
       s.pathway, s.route, count(*),
       count(*) FILTER (WHERE s.bed_id IS NOT NULL),
       count(*) FILTER (WHERE s.no_bed = 'over_capacity'),
       count(l.id)
FROM here h
JOIN {then.stays} s ON s.ward_id = h.id AND {then.then("s")} AND {REAL}
{then.allocation("s.bed_id")}
LEFT JOIN capacity_leave l ON l.spell_id = s.spell_id AND {then.then("l")}
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
"""  # noqa: S608 — put together from constants of this module only


HERE: Final = _MANY.here
BEDS: Final = _beds(_MANY)
PATIENTS: Final = _patients(_MANY)
_BEDS_NOW: Final = _beds(_ONE)
_PATIENTS_NOW: Final = _patients(_ONE)
_BEDS_OF: Final = Statement("ward_beds", _beds(_ONE_WARD), **_OF_ONE_WARD)
_PATIENTS_OF: Final = Statement("ward_patients", _patients(_ONE_WARD), **_OF_ONE_WARD)


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
    return [BedLine(*row) for row in _rows(*statements(question)[0])]


def patients(question: Question) -> list[PatientLine]:
    return [PatientLine(*row) for row in _rows(*statements(question)[1])]


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
        "wards": None if question.wards is None else list(question.wards),
        "counting": question.counting,
    }


def statements(question: Question) -> tuple[Asked, Asked]:
    """For beds and for patients, each with its values."""
    given = parameters(question)
    if len(question.moments) != 1:
        return (BEDS, given), (PATIENTS, given)
    [(day, at)] = question.moments
    given |= {"day": day, "at": at}
    return (_BEDS_NOW, given), (_PATIENTS_NOW, given)


def _rows(sql: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())
