"""Who came and who left over some weeks, and how long they stayed, told without anybody's name.

A visit is the unbroken time of one spell within one place: a move to another bed of the same ward
begins no visit, a transfer to another ward begins one there, and none in the ICB as a whole.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median
from typing import Any, Final, NamedTuple

from capacity.models import IntegratedCareBoard, Ward
from capacity.models.stays import Destination
from capacity.occupancy import nights
from capacity.reports.now import wards_of
from lib import london
from lib.prepared import Statement

WEEKS = 4


class Leg(NamedTuple):
    """One stay, as far as flows ask about it; `destination` is the spell's, where it ended here:
    who was moved to another ward has gone nowhere yet."""

    spell: str
    ward: int
    provider: int
    route: str
    pathway: str
    starts: dt.datetime
    ends: dt.datetime | None
    destination: str


class Visit(NamedTuple):
    """The unbroken time of a spell in one place."""

    key: Any
    route: str
    pathway: str
    starts: dt.datetime
    ends: dt.datetime | None
    destination: str

    def came(self, since: dt.datetime, until: dt.datetime) -> bool:
        """After the count at `since`, and counted at `until` unless already gone by then."""
        return since < self.starts <= until

    def went(self, since: dt.datetime, until: dt.datetime) -> bool:
        return self.ends is not None and since < self.ends <= until

    @property
    def nights(self) -> int:
        return nights(self.starts, self.ends) if self.ends else 0


@dataclass(frozen=True, slots=True)
class Flow:
    """Between two counts: those there at the first + in − out = those there at the second."""

    since: dt.datetime
    until: dt.datetime
    step_up: int
    step_down: int
    home: int
    hospital: int
    elsewhere: int

    @property
    def into(self) -> int:
        return self.step_up + self.step_down

    @property
    def out(self) -> int:
        return self.home + self.hospital + self.elsewhere


def icb_legs(
    icb: IntegratedCareBoard, since: dt.datetime, wards: Collection[int] | None = None
) -> list[Leg]:
    """Stays in the ICB's beds, and without a bed on its wards, of whoever was there after `since`;
    `wards` where the caller knows them already."""
    known = wards_of(icb).values_list("pk", flat=True) if wards is None else wards
    return _legs(known, since, icb=icb.pk)


def ward_legs(ward: Ward, since: dt.datetime) -> list[Leg]:
    return _legs([ward.pk], since, icb=None)


def visits(legs: Iterable[Leg], place: Callable[[Leg], Any]) -> list[Visit]:
    """The legs of each spell joined while the place is the same and no time lies between."""
    ordered = sorted(legs, key=lambda leg: (leg.spell, leg.starts, leg.ends or _NEVER))
    found: list[Visit] = []
    for _, of_spell in groupby(ordered, key=lambda leg: leg.spell):
        found += _joined(of_spell, place)
    return found


def by_place(of: Iterable[Visit]) -> defaultdict[Any, list[Visit]]:
    """The visits of each place, which is their key."""
    found: defaultdict[Any, list[Visit]] = defaultdict(list)
    for visit in of:
        found[visit.key].append(visit)
    return found


def flow(of: Iterable[Visit], since: dt.datetime, until: dt.datetime) -> Flow:
    known = list(of)
    came = [visit.route for visit in known if visit.came(since, until)]
    went = [visit.destination for visit in known if visit.went(since, until)]
    home, hospital = went.count(Destination.HOME), went.count(Destination.HOSPITAL)
    return Flow(
        since=since,
        until=until,
        step_up=came.count("step_up"),
        step_down=came.count("step_down"),
        home=home,
        hospital=hospital,
        elsewhere=len(went) - home - hospital,
    )


def weeks(of: Iterable[Visit], last: dt.date) -> list[Flow]:
    """Four weeks from 08:00 to 08:00, the last one ending with the count of `last`."""
    known = list(of)
    edges = [london.count_instant(last - dt.timedelta(days=7 * n)) for n in range(WEEKS, -1, -1)]
    return [flow(known, since, until) for since, until in pairwise(edges)]


def lengths(of: Iterable[Visit], since: dt.datetime, until: dt.datetime) -> list[int]:
    """Nights of each visit that ended in the time, in order."""
    return sorted(visit.nights for visit in of if visit.went(since, until))


def median_nights(found: list[int]) -> float | None:
    return median(found) if found else None


_NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


def _joined(legs: Iterable[Leg], place: Callable[[Leg], Any]) -> Iterator[Visit]:
    run: list[Leg] = []
    for leg in legs:
        if run and (run[-1].ends != leg.starts or place(run[-1]) != place(leg)):
            yield _visit(run, place)
            run = []
        run.append(leg)
    if run:
        yield _visit(run, place)


def _visit(run: list[Leg], place: Callable[[Leg], Any]) -> Visit:
    first, last = run[0], run[-1]
    return Visit(
        key=place(first),
        route=first.route,
        pathway=first.pathway,
        starts=first.starts,
        ends=last.ends,
        destination=last.destination,
    )


# Stays that may be the ICB's: in a bed that was ever its own, or on its own ward.
_MAYBE: Final = """
SELECT spell_id FROM capacity_stay WHERE ward_id = ANY(%(wards)s) AND {}
  AND (%(icb)s IS NULL
       OR bed_id IN (SELECT bed_id FROM capacity_bedallocation WHERE icb_id = %(icb)s)
       OR ward_id IN (SELECT id FROM capacity_ward WHERE icb_id = %(icb)s))
"""
# All stays there of whoever was there after that time: a visit's length begins with its first,
# long before. They are found one by one, which is what OFFSET does, and by the plain index, which
# is what the array does; of two years nearly all are over. A bed is whose it was on the London
# day that the stay began.
_LEGS: Final = Statement(
    "flow_legs",
    f"""
WITH there AS MATERIALIZED (
    {_MAYBE.format("ends IS NULL")} UNION {_MAYBE.format("ends > %(since)s")}
)
SELECT s.spell_id::text, s.ward_id, coalesce(a.provider_id, w.lead_provider_id), s.route, s.pathway,
       s.starts, s.ends, CASE WHEN s.ends >= p.discharged_at THEN p.destination ELSE '' END
FROM there t
JOIN LATERAL (SELECT * FROM capacity_spell WHERE id = t.spell_id OFFSET 0) p
    ON p.destination <> 'entered_in_error'
JOIN LATERAL (SELECT * FROM capacity_stay WHERE spell_id = ANY(ARRAY[t.spell_id]) OFFSET 0) s
    ON s.ward_id = ANY(%(wards)s)
JOIN capacity_ward w ON w.id = s.ward_id
LEFT JOIN capacity_bedallocation a ON a.bed_id = s.bed_id
    AND a.starts <= (s.starts AT TIME ZONE 'Europe/London')::date
    AND (a.ends IS NULL OR a.ends > (s.starts AT TIME ZONE 'Europe/London')::date)
WHERE %(icb)s IS NULL OR coalesce(a.icb_id, w.icb_id) = %(icb)s
ORDER BY s.spell_id, s.starts, s.ends
""",  # noqa: S608 — put together from constants of this module only
    wards="bigint[]",
    since="timestamptz",
    icb="bigint",
)


def _legs(wards: Iterable[int], since: dt.datetime, *, icb: int | None) -> list[Leg]:
    return [Leg(*row) for row in _LEGS.rows({"wards": list(wards), "since": since, "icb": icb})]
