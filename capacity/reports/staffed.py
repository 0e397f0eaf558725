"""How many beds wards can staff: told by their leads, dated, and never assumed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from capacity.counting import then
from capacity.presence import WardCount
from lib.prepared import Statement

# In force on the day; and of how many boards and organisations the ward's beds are then.
_TOLD: Final = Statement(
    "staffed_told",
    f"""
SELECT s.ward_id, s.number, s.starts, whose.icbs, whose.providers
FROM (SELECT DISTINCT ON (ward_id) * FROM capacity_staffedbeds
      WHERE ward_id = ANY(%(wards)s) AND starts <= %(day)s
      ORDER BY ward_id, starts DESC) s
JOIN capacity_ward w ON w.id = s.ward_id
CROSS JOIN LATERAL (
    SELECT count(DISTINCT coalesce(a.icb_id, w.icb_id)) AS icbs,
           count(DISTINCT coalesce(a.provider_id, w.lead_provider_id)) AS providers
    FROM capacity_bed b LEFT JOIN capacity_bedallocation a
      ON a.bed_id = b.id AND {then("a", "%(day)s")}
    WHERE b.ward_id = s.ward_id AND b.kind = 'commissioned' AND {then("b", "%(at)s")}
) whose
""",  # noqa: S608 — put together from constants only
    wards="bigint[]",
    day="date",
    at="timestamptz",
)


@dataclass(frozen=True, slots=True)
class Told:
    """Of one ward. Where its beds are of several boards or organisations, nobody said whose of
    them are staffed."""

    number: int
    since: dt.date
    icbs: int
    providers: int


@dataclass(frozen=True, slots=True)
class Staffed:
    """Sums over wards with beds: `number` staffed of the `beds` of those `told` of `wards`."""

    number: int = 0
    beds: int = 0
    told: int = 0
    wards: int = 0


def told_of(wards: Collection[int], at: dt.datetime, day: dt.date) -> dict[int, Told]:
    """By ward; who has told nothing is not there, which is not nought."""
    rows = _TOLD.rows({"wards": list(wards), "day": day, "at": at})
    return {ward: Told(*rest) for ward, *rest in rows}


def added(told: Mapping[int, Told], counts: Mapping[int, WardCount]) -> Staffed:
    """Like with like: beds of a ward that told nothing, or not whose, are on neither side. `told`
    holds those of which the whole ward is asked about."""
    with_beds = {ward: count for ward, count in counts.items() if count.beds}
    known = [ward for ward in with_beds if ward in told]
    return Staffed(
        number=sum(told[ward].number for ward in known),
        beds=sum(with_beds[ward].beds for ward in known),
        told=len(known),
        wards=len(with_beds),
    )


def of_one_board(told: Mapping[int, Told]) -> dict[int, Told]:
    return {ward: one for ward, one in told.items() if one.icbs <= 1}


def of_one_provider(told: Mapping[int, Told]) -> dict[int, Told]:
    return {ward: one for ward, one in told.items() if one.providers <= 1}
