"""Who came and who left over some weeks, and how long they stayed, told without anybody's name.

A visit is the unbroken time of one spell within one place: a move to another bed of the same ward
begins no visit, a transfer to another ward begins one there, and none in the ICB as a whole.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any, Final, NamedTuple

from capacity.models import IntegratedCareBoard, Ward
from capacity.models.stays import Destination
from capacity.reports.now import wards_of
from capacity.reports.visiting import DAY_OF
from lib import london
from lib.prepared import Statement

WEEKS = 4


class Visit(NamedTuple):
    """The unbroken time of a spell in one place. A stay is one by itself, until it is joined to the
    one before; what it is called is then told by the first, and where it went by the last:
    `destination` is the spell's, where it ended here, for who was moved to another ward has gone
    nowhere yet. `nights` are those of its stays that are over."""

    spell: str
    ward: int
    provider: int
    route: str
    pathway: str
    starts: dt.datetime
    ends: dt.datetime | None
    destination: str
    nights: int

    def came(self, since: dt.datetime, until: dt.datetime) -> bool:
        """After the count at `since`, and counted at `until` unless already gone by then."""
        return since < self.starts <= until

    def went(self, since: dt.datetime, until: dt.datetime) -> bool:
        return self.ends is not None and since < self.ends <= until

    def there(self, at: dt.datetime) -> bool:
        return self.starts <= at and (self.ends is None or self.ends > at)

    def going_on(self, later: Visit) -> Visit:
        """With what followed in the same place: no midnight lies between the two."""
        nights = self.nights + later.nights
        return self._replace(ends=later.ends, destination=later.destination, nights=nights)


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


def icb_stays(
    icb: IntegratedCareBoard, since: dt.datetime, wards: Collection[int] | None = None
) -> list[Visit]:
    """In the ICB's beds, and without a bed on its wards, of whoever was there after `since`, in the
    order of spell and time; `wards` where the caller knows them already."""
    known = wards_of(icb).values_list("pk", flat=True) if wards is None else wards
    return _stays(known, since, icb=icb.pk)


def ward_stays(ward: Ward, since: dt.datetime) -> list[Visit]:
    return _stays([ward.pk], since, icb=None)


def visits(stays: Iterable[Visit], place: Callable[[Visit], object]) -> list[Visit]:
    """The stays of each spell joined while the place is the same and no time lies between; they
    come in the order of spell and time."""
    found: list[Visit] = []
    for stay in stays:
        before = found[-1] if found else None
        if (
            before is not None
            and before.spell == stay.spell
            and before.ends == stay.starts
            and place(before) == place(stay)
        ):
            found[-1] = before.going_on(stay)
        else:
            found.append(stay)
    return found


def of_all(_: Visit) -> None:
    """The place of which all stays are."""


def by_place(
    stays: Iterable[Visit], place: Callable[[Visit], Any]
) -> defaultdict[Any, list[Visit]]:
    """The visits of each place."""
    found: defaultdict[Any, list[Visit]] = defaultdict(list)
    for visit in visits(stays, place):
        found[place(visit)].append(visit)
    return found


def flow(of: Sequence[Visit], since: dt.datetime, until: dt.datetime) -> Flow:
    came = [visit.route for visit in of if visit.came(since, until)]
    went = [visit.destination for visit in of if visit.went(since, until)]
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


def weeks(of: Sequence[Visit], last: dt.date) -> list[Flow]:
    """Four weeks from 08:00 to 08:00, the last one ending with the count of `last`."""
    edges = [london.count_instant(last - dt.timedelta(days=7 * n)) for n in range(WEEKS, -1, -1)]
    return [flow(of, since, until) for since, until in pairwise(edges)]


def lengths(of: Iterable[Visit], since: dt.datetime, until: dt.datetime) -> list[int]:
    """Nights of each visit that ended in the time, in order."""
    return sorted(visit.nights for visit in of if visit.went(since, until))


def median_nights(found: list[int]) -> float | None:
    return median(found) if found else None


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
_STAYS: Final = Statement(
    "flow_stays",
    f"""
WITH there AS MATERIALIZED (
    {_MAYBE.format("ends IS NULL")} UNION {_MAYBE.format("ends > %(since)s")}
)
SELECT s.spell_id::text, s.ward_id, coalesce(a.provider_id, w.lead_provider_id), s.route, s.pathway,
       s.starts, s.ends, CASE WHEN s.ends >= p.discharged_at THEN p.destination ELSE '' END,
       coalesce({DAY_OF.format("s.ends")} - {DAY_OF.format("s.starts")}, 0)
FROM there t
JOIN LATERAL (SELECT * FROM capacity_spell WHERE id = t.spell_id OFFSET 0) p
    ON p.destination <> 'entered_in_error'
JOIN LATERAL (SELECT * FROM capacity_stay WHERE spell_id = ANY(ARRAY[t.spell_id]) OFFSET 0) s
    ON s.ward_id = ANY(%(wards)s)
JOIN capacity_ward w ON w.id = s.ward_id
LEFT JOIN capacity_bedallocation a ON a.bed_id = s.bed_id
    AND a.starts <= {DAY_OF.format("s.starts")}
    AND (a.ends IS NULL OR a.ends > {DAY_OF.format("s.starts")})
WHERE %(icb)s IS NULL OR coalesce(a.icb_id, w.icb_id) = %(icb)s
ORDER BY s.spell_id, s.starts, s.ends
""",  # noqa: S608 — put together from constants of this module only
    wards="bigint[]",
    since="timestamptz",
    icb="bigint",
)


def _stays(wards: Iterable[int], since: dt.datetime, *, icb: int | None) -> list[Visit]:
    return [Visit(*row) for row in _STAYS.rows({"wards": list(wards), "since": since, "icb": icb})]
