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
    given = {"wards": list(known), "since": since, "icb": icb.pk}
    return list(map(Visit._make, _OF_ICB.rows(given)))


def ward_stays(ward: Ward, since: dt.datetime) -> list[Visit]:
    given = {"wards": [ward.pk], "since": since}
    return list(map(Visit._make, _OF_WARD.rows(given)))


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
    """Who came after the count at `since` is counted at `until`, unless gone by then."""
    came = [visit.route for visit in of if since < visit.starts <= until]
    went = [visit.destination for visit in ended(of, since, until)]
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


def ended(of: Iterable[Visit], since: dt.datetime, until: dt.datetime) -> list[Visit]:
    """After the count at `since`, and no longer counted at `until`."""
    return [visit for visit in of if visit.ends is not None and since < visit.ends <= until]


def there(of: Iterable[Visit], at: dt.datetime) -> int:
    """How many a count at that moment finds."""
    return sum(visit.starts <= at and (visit.ends is None or visit.ends > at) for visit in of)


def weeks(of: Sequence[Visit], last: dt.date) -> list[Flow]:
    """Four weeks from 08:00 to 08:00, the last one ending with the count of `last`."""
    edges = [london.count_instant(last - dt.timedelta(days=7 * n)) for n in range(WEEKS, -1, -1)]
    return [flow(of, since, until) for since, until in pairwise(edges)]


def lengths(of: Iterable[Visit], since: dt.datetime, until: dt.datetime) -> list[int]:
    """Nights of each visit that ended in the time, in order."""
    return sorted(visit.nights for visit in ended(of, since, until))


def median_nights(found: list[int]) -> float | None:
    return median(found) if found else None


_DAY: Final = DAY_OF.format("s.starts")
_COLUMNS: Final = "spell_id, ward_id, bed_id, route, pathway, starts, ends"


def _allocated(of: str) -> str:
    """A bed is whose it was on the London day that the stay began."""
    then = f"{of}.starts <= {_DAY} AND ({of}.ends IS NULL OR {of}.ends > {_DAY})"
    return f"{of}.bed_id = s.bed_id AND {then}"


def _statement(name: str, *, maybe: str, allocations: str, own: str, **types: str) -> Statement:
    """Stays of whoever was there after `since`, and those before of which their visits are made:
    a visit's length begins with its first. Only of who was there at `since` can one lie before;
    they are found one by one, which is what OFFSET does, and by the plain index, which is what the
    array does; of two years nearly all are over. `maybe` is told of a stay alone, `own` of its
    bed's allocation too."""
    near = f"FROM capacity_stay WHERE ward_id = ANY(%(wards)s) AND {maybe}"
    return Statement(
        name,
        f"""
WITH near AS MATERIALIZED (
    SELECT {_COLUMNS} {near} AND ends IS NULL
    UNION ALL SELECT {_COLUMNS} {near} AND ends > %(since)s
), before AS (
    SELECT s.* FROM (SELECT DISTINCT spell_id FROM near WHERE starts <= %(since)s) n
    JOIN LATERAL (SELECT {_COLUMNS} FROM capacity_stay
                  WHERE spell_id = ANY(ARRAY[n.spell_id]) AND ends <= %(since)s OFFSET 0) s
        ON s.ward_id = ANY(%(wards)s)
)
SELECT s.spell_id::text, s.ward_id, coalesce(a.provider_id, w.lead_provider_id), s.route, s.pathway,
       s.starts, s.ends, CASE WHEN s.ends >= p.discharged_at THEN p.destination ELSE '' END,
       coalesce({DAY_OF.format("s.ends")} - {_DAY}, 0)
FROM (SELECT * FROM near UNION ALL SELECT * FROM before) s
JOIN capacity_ward w ON w.id = s.ward_id
LEFT JOIN {allocations} a ON {_allocated("a")}
JOIN LATERAL (SELECT * FROM capacity_spell WHERE id = s.spell_id OFFSET 0) p
    ON p.destination <> 'entered_in_error'
WHERE {own}
ORDER BY s.spell_id, s.starts, s.ends
""",  # noqa: S608 — put together from constants of this module only
        wards="bigint[]",
        since="timestamptz",
        **types,
    )


_OF_WARD: Final = _statement(
    "ward_stays", maybe="true", allocations="capacity_bedallocation", own="true"
)
# In a bed that was the ICB's, or on its own ward and nobody had the bed allocated, or none was
# given: so few allocations are read, and of a bed of another's whether there is one.
_OF_ICB: Final = _statement(
    "icb_stays",
    maybe="""(bed_id IN (SELECT bed_id FROM capacity_bedallocation WHERE icb_id = %(icb)s)
        OR ward_id IN (SELECT id FROM capacity_ward WHERE icb_id = %(icb)s))""",
    allocations="(SELECT * FROM capacity_bedallocation WHERE icb_id = %(icb)s)",
    own=f"""(a.id IS NOT NULL OR (w.icb_id = %(icb)s
        AND NOT EXISTS (SELECT FROM capacity_bedallocation o WHERE {_allocated("o")})))""",
    icb="bigint",
)
