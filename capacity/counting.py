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
class Instants:
    """The wards that count then, as SQL: `here`; and how the rest says that day and instant."""

    here: str
    day: str
    at: str
    few: bool = False

    def then(self, of: str) -> str:
        return then(of, self.at)

    def stays(self, of: str) -> str:
        """Those of a ward or a bed: of few of them open ones and ended ones apart, and fenced by
        OFFSET, so that each part has its index whatever the instant is."""
        if not self.few:
            return f"capacity_stay s ON {of}"
        parts = (
            f"SELECT * FROM capacity_stay s WHERE {of} AND ends {ends}"  # noqa: S608 — put together from constants only
            for ends in ("IS NULL", f"> {self.at}")
        )
        return f"LATERAL ({' UNION ALL '.join(parts)} OFFSET 0) s ON true"

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
OPEN: Final = "w.opens <= {day} AND (w.closes IS NULL OR w.closes > {day})"
COUNTING: Final = f"""
NOT EXISTS (SELECT FROM capacity_wardexclusion x
            WHERE %(counting)s AND x.ward_id = w.id AND {then("x", "{day}")})
"""
WARDS: Final = "(%(wards)s::bigint[] IS NULL OR {} = ANY(%(wards)s))"

_MANY: Final = Instants(
    f"""
moments AS (
    SELECT * FROM unnest(%(days)s::date[], %(instants)s::timestamptz[]) WITH ORDINALITY
      AS m(day, at, number)
),
here AS (
    SELECT m.day, m.at, m.number, w.id, w.lead_provider_id, w.icb_id
    FROM moments m JOIN capacity_ward w ON {OPEN.format(day="m.day")}
    WHERE {COUNTING.format(day="m.day")} AND {WARDS.format("w.id")}
)
""",  # noqa: S608 — put together from constants only
    day="h.day",
    at="h.at",
)
# An instant as a value: the planner then knows that few periods are going on at it.
ONE: Final = Instants(
    f"""
here AS (
    SELECT %(day)s::date AS day, w.id, w.lead_provider_id, w.icb_id
    FROM capacity_ward w
    WHERE {OPEN.format(day="%(day)s::date")} AND {COUNTING.format(day="%(day)s::date")}
      AND {WARDS.format("w.id")}
)
""",  # noqa: S608 — put together from constants only
    day="%(day)s::date",
    at="%(at)s::timestamptz",
)
# The same of one ward, which a connection plans once.
_ONE_WARD: Final = Instants(
    f"""
here AS (
    SELECT %(day)s AS day, w.id, w.lead_provider_id, w.icb_id
    FROM capacity_ward w WHERE w.id = %(ward)s AND {OPEN.format(day="%(day)s")}
)
""",  # noqa: S608 — put together from constants only
    day="%(day)s",
    at="%(at)s",
    few=True,
)
_OF_ONE_WARD: Final = {"ward": "bigint", "day": "date", "at": "timestamptz"}


def beds_then(then: Instants) -> str:
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
    LEFT JOIN {then.stays("s.bed_id = b.id")} AND {then.then("s")} AND {REAL}
    GROUP BY 1, 2, 3, 4, 5, b.id
)
SELECT day, ward_id, provider_id, icb_id,
       count(*) FILTER (WHERE kind = 'commissioned' AND NOT closed),
       count(*) FILTER (WHERE kind = 'surge' AND NOT closed),
       count(*) FILTER (WHERE kind = 'commissioned' AND closed),
       count(*) FILTER (WHERE kind = 'commissioned' AND NOT closed AND NOT taken)
FROM beds GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""  # noqa: S608 — put together from constants of this module only


def patients_then(then: Instants) -> str:
    return f"""
WITH {then.here}
SELECT h.day, h.id, coalesce(a.provider_id, h.lead_provider_id), coalesce(a.icb_id, h.icb_id),
       s.pathway, s.route, count(*),
       count(*) FILTER (WHERE s.bed_id IS NOT NULL),
       count(*) FILTER (WHERE s.no_bed = 'over_capacity'),
       count(l.id)
FROM here h
JOIN {then.stays("s.ward_id = h.id")} AND {then.then("s")} AND {REAL}
{then.allocation("s.bed_id")}
LEFT JOIN capacity_leave l ON l.spell_id = s.spell_id AND {then.then("l")}
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
"""  # noqa: S608 — put together from constants of this module only


# What a line counts, in the order of the statements below.
OF_BEDS: Final = ("commissioned", "surge", "closed", "free")
OF_PATIENTS: Final = ("patients", "in_bed", "over_capacity", "on_leave")
HERE: Final = _MANY.here
BEDS: Final = beds_then(_MANY)
PATIENTS: Final = patients_then(_MANY)
BEDS_AT: Final = beds_then(ONE)
PATIENTS_AT: Final = patients_then(ONE)
_BEDS_OF: Final = Statement("ward_beds", beds_then(_ONE_WARD), **_OF_ONE_WARD)
_PATIENTS_OF: Final = Statement("ward_patients", patients_then(_ONE_WARD), **_OF_ONE_WARD)


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
    return (BEDS_AT, given), (PATIENTS_AT, given)


def _rows(sql: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())
