"""One figure week by week or month by month, for control charts: whole, and by pathway.

A week is from one 08:00 count to that of seven days later, a month from the count of its first
day to that of the next month's: the same edges as everywhere.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from capacity.models import ReferralFact
from capacity.reports import visiting
from capacity.reports.places import ICB, PROVIDER, WARD, Place
from capacity.reports.visiting import ALLOCATED, DAY_OF, Time
from lib import london

WHOLE: Final = ""

_TIMES: Final = """
WITH times AS (
    SELECT * FROM unnest(%(sinces)s::timestamptz[], %(untils)s::timestamptz[])
        WITH ORDINALITY AS t(since, until, period)
)
"""

# Both are sides of the same spells as `visiting.visits`: who came here first, who left from here.
_CAME: Final = """
SELECT period, {pathway}, {value}
FROM times t
JOIN capacity_stay s ON s.ward_id = ANY(%(wards)s) AND s.starts > t.since AND s.starts <= t.until
JOIN capacity_spell p ON p.id = s.spell_id AND p.destination <> 'entered_in_error'
 AND s.starts <= p.admitted_at
{allocated} WHERE {own} {grouped}
"""
_WENT: Final = """
SELECT period, {pathway}, {value}
FROM times t
JOIN capacity_stay s ON s.ward_id = ANY(%(wards)s) AND s.ends > t.since AND s.ends <= t.until
JOIN capacity_spell p ON p.id = s.spell_id AND p.destination <> 'entered_in_error'
 AND s.ends >= p.discharged_at
{allocated} WHERE {own} {grouped}
"""
_ASKED: Final = """
SELECT period, {pathway}, {value}
FROM times t JOIN capacity_referralfact s ON s.ward_id = ANY(%(asked)s)
 AND s.referred_at > t.since AND s.referred_at <= t.until
LEFT JOIN capacity_spell p ON p.id = s.spell_id
WHERE p.destination IS DISTINCT FROM 'entered_in_error' {grouped}
"""
_HELD: Final = f"""
SELECT period, {{pathway}}, sum(greatest(0, {DAY_OF.format("least(t.until, d.ends, s.ends)")}
       - {DAY_OF.format("greatest(t.since, d.starts, s.starts)")}))::float8
FROM times t
JOIN capacity_delay d ON d.starts < t.until AND (d.ends IS NULL OR d.ends > t.since)
JOIN capacity_spell p ON p.id = d.spell_id AND p.destination <> 'entered_in_error'
JOIN capacity_stay s ON s.spell_id = d.spell_id AND s.ward_id = ANY(%(wards)s)
 AND s.starts < least(t.until, d.ends)
 AND (s.ends IS NULL OR s.ends > greatest(t.since, d.starts))
{{allocated}} WHERE {{own}} {{grouped}}
"""  # noqa: S608 — put together from constants of this module only
_COUNTED: Final = """
SELECT period, {pathway}, sum(s.patients)::float8 / max(t.last - t.first)
FROM (SELECT t.*, (since AT TIME ZONE 'Europe/London')::date AS first,
             (until AT TIME ZONE 'Europe/London')::date AS last FROM times t) t
JOIN capacity_dailypatients s ON s.{place}_id = %(place)s AND s.day > t.first AND s.day <= t.last
WHERE true {grouped}
"""
_GROUPED: Final = "GROUP BY GROUPING SETS ((period), (period, s.pathway))"
_PATHWAY: Final = "coalesce(s.pathway, '')"

_NIGHTS: Final = f"{DAY_OF.format('p.discharged_at')} - {DAY_OF.format('p.admitted_at')}"
_SPELLS: Final = "count(DISTINCT s.spell_id)"
_HOURS: Final = "extract(epoch FROM p.admitted_at - p.referred_at)::float8 / 3600"


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted; `empty` is its value in a time in which nothing was found: nought, or none
    where there is nothing to take a mean of."""

    statement: str
    value: str = ""
    empty: float | None = 0.0


MEASURES: Final[dict[str, Measure]] = {
    "patients": Measure(_COUNTED),
    "referred": Measure(_ASKED, "count(*)::float8"),
    "declined": Measure(_ASKED, "(count(*) FILTER (WHERE s.outcome = 'declined'))::float8"),
    "turned_away": Measure(
        _ASKED,
        "(count(*) FILTER (WHERE s.outcome = 'declined'"
        f" AND s.decline_reason = '{ReferralFact.NO_BED}'))::float8",
    ),
    "admitted": Measure(_CAME, f"{_SPELLS}::float8"),
    "wait": Measure(
        _CAME,
        f"percentile_cont(0.5) WITHIN GROUP (ORDER BY {_HOURS})"
        " FILTER (WHERE p.referred_at <= p.admitted_at)",
        empty=None,
    ),
    "discharged": Measure(_WENT, f"{_SPELLS}::float8"),
    "nights": Measure(_WENT, f"avg({_NIGHTS})::float8", empty=None),
    "hospital": Measure(_WENT, f"({_SPELLS} FILTER (WHERE p.destination = 'hospital'))::float8"),
    "died": Measure(_WENT, f"({_SPELLS} FILTER (WHERE p.destination = 'died'))::float8"),
    "delayed": Measure(_HELD),
}


@dataclass(frozen=True, slots=True)
class Series:
    """Values in the order of the times; None where nothing was there to take a mean of.
    `begins_within`: nothing was there before, so the first time may not be a whole one."""

    times: Sequence[Time]
    values: Sequence[float | None]
    begins_within: bool = False


def series(place: Place, measure: str, times: Sequence[Time]) -> dict[str, Series]:
    """By pathway, and under WHOLE all together; begins with the first time that has anything."""
    asked = MEASURES[measure]
    found: defaultdict[str, dict[int, float]] = defaultdict(dict)
    for period, pathway, value in visiting.rows(_sql(asked, place), place, times):
        if value is not None:
            found[pathway][period] = float(value)
    whole = found.pop(WHOLE, {})
    first = min(whole, default=len(times) + 1)
    return {
        pathway: Series(
            times[first - 1 :],
            [values.get(n, asked.empty) for n in range(first, len(times) + 1)],
            begins_within=first > 1,
        )
        for pathway, values in ((WHOLE, whole), *sorted(found.items()))
    }


def weeks(last: dt.date, number: int) -> list[Time]:
    """Up to the count of `last`, the oldest first."""
    return _between([last - dt.timedelta(weeks=n) for n in range(number, -1, -1)])


def months(last: dt.date, number: int) -> list[Time]:
    """Whole months up to the first of the month that `last` lies in."""
    return _between([month_before(last, n) for n in range(number, -1, -1)])


def month_before(day: dt.date, number: int) -> dt.date:
    """The first of the month that lies so many before that of the day."""
    year, month = divmod(day.year * 12 + day.month - 1 - number, 12)
    return dt.date(year, month + 1, 1)


def weeks_in(first: dt.date, last: dt.date) -> list[Time]:
    """The whole weeks of a time, counted back from its last day."""
    return weeks(last, max(0, (last - first).days // 7))


def months_in(first: dt.date, last: dt.date) -> list[Time]:
    """The whole calendar months of a time."""
    begun = first.replace(day=1)
    number = 12 * (last.year - first.year) + last.month - first.month - (first != begun)
    return months(last, max(0, number))


WIDTHS: Final[dict[str, Callable[[dt.date, dt.date], list[Time]]]] = {
    "week": weeks_in,
    "month": months_in,
}


def _between(days: Sequence[dt.date]) -> list[Time]:
    return list(pairwise(london.count_instant(day) for day in days))


def _sql(measure: Measure, place: Place) -> str:
    column: dict[str, Any] = {ICB: "icb", PROVIDER: "provider", WARD: "ward"}
    return _TIMES + measure.statement.format(
        pathway=_PATHWAY,
        value=measure.value,
        allocated=ALLOCATED,
        own=place.own,
        grouped=_GROUPED,
        place=column[place.kind],
    )
