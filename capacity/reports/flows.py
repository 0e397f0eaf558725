"""Who came and who left over some weeks, and how long they stayed, told without anybody's name.

A visit is the unbroken time of one spell within one place: a move to another bed of the same ward
begins no visit, a transfer to another ward begins one there, and none in the ICB as a whole.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any, Final, NamedTuple

from capacity.models import IntegratedCareBoard, Ward
from capacity.models.stays import Destination
from capacity.reports.now import wards_of
from capacity.reports.visiting import DAY_OF
from lib import london
from lib.prepared import Statement

WEEKS: Final = 4
BEFORE: Final = 0
AFTER: Final = WEEKS + 1


class Visit(NamedTuple):
    """The unbroken time of a spell in one place. A stay is one by itself, until it is joined to the
    one before, of which it `goes_on` where no time lies between; what it is called is then told by
    the first, and where it went by the last: `destination` is the spell's, where it ended here, for
    who was moved to another ward has gone nowhere yet. `came` and `left` are weeks, the first being
    1: BEFORE all of them, or AFTER them, if at all. `nights` are those of its stays that are over.
    """

    goes_on: bool
    ward: int
    provider: int
    route: str
    pathway: str
    came: int
    left: int
    destination: str
    nights: int

    def going_on(self, later: Visit) -> Visit:
        """With what followed in the same place: no midnight lies between the two."""
        nights = self.nights + later.nights
        return self._replace(left=later.left, destination=later.destination, nights=nights)


@dataclass(frozen=True, slots=True)
class Flow:
    """Between two counts: those there at the first + in − out = those there at the second."""

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


def edges(last: dt.date) -> list[dt.datetime]:
    """The counts at 08:00 between which the weeks lie, the last of them that of `last`."""
    return [london.count_instant(last - dt.timedelta(weeks=n)) for n in range(WEEKS, -1, -1)]


def icb_stays(
    icb: IntegratedCareBoard, last: dt.date, wards: Collection[int] | None = None
) -> list[Visit]:
    """In the ICB's beds, and without a bed on its wards, of whoever was there in the weeks or
    since, in the order of spell and time; `wards` where the caller knows them already."""
    known = wards_of(icb).values_list("pk", flat=True) if wards is None else wards
    return _stays(_OF_ICB, last, wards=list(known), icb=icb.pk)


def ward_stays(ward: Ward, last: dt.date) -> list[Visit]:
    return _stays(_OF_WARD, last, wards=[ward.pk])


def _stays(statement: Statement, last: dt.date, **place: object) -> list[Visit]:
    counts = edges(last)
    # Who comes or leaves at the very moment of a count is counted with the week before it.
    weeks = [count + dt.timedelta.resolution for count in counts]
    rows = statement.rows({"since": counts[0], "weeks": weeks, **place})
    return list(map(Visit._make, rows))


def visits(stays: Iterable[Visit], place: Callable[[Visit], object]) -> list[Visit]:
    """The stays of each spell joined while the place is the same and no time lies between: all of
    them, in the order in which they are read, for one that goes on does so from the one before."""
    found: list[Visit] = []
    for stay in stays:
        if stay.goes_on and place(found[-1]) == place(stay):
            found[-1] = found[-1].going_on(stay)
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


def flow(of: Collection[Visit], first: int = 1, last: int = WEEKS) -> Flow:
    """Of the weeks from `first` to `last`, both included."""
    came = [visit.route for visit in of if first <= visit.came <= last]
    went = [visit.destination for visit in of if first <= visit.left <= last]
    home, hospital = went.count(Destination.HOME), went.count(Destination.HOSPITAL)
    return Flow(
        step_up=came.count("step_up"),
        step_down=came.count("step_down"),
        home=home,
        hospital=hospital,
        elsewhere=len(went) - home - hospital,
    )


def weeks(of: Collection[Visit]) -> list[Flow]:
    return [flow(of, week, week) for week in range(1, AFTER)]


def there(of: Iterable[Visit], week: int) -> int:
    """How many the count at the end of that week finds."""
    return sum(visit.came <= week < visit.left for visit in of)


def lengths(of: Iterable[Visit]) -> list[int]:
    """Nights of each visit that ended in these weeks, in order."""
    return sorted(visit.nights for visit in of if BEFORE < visit.left < AFTER)


def median_nights(found: list[int]) -> float | None:
    return median(found) if found else None


_COLUMNS: Final = f"""
spell_id, ward_id, bed_id, route, pathway, starts, ends, {DAY_OF.format("starts")} AS day"""


def _allocated(of: str) -> str:
    """A bed is whose it was on the London day that the stay began."""
    then = f"{of}.starts <= s.day AND ({of}.ends IS NULL OR {of}.ends > s.day)"
    return f"{of}.bed_id = s.bed_id AND {then}"


def _statement(name: str, *, maybe: str, allocations: str, own: str, **types: str) -> Statement:
    """Stays of whoever was there after `since`, and those before of which their visits are made:
    a visit's length begins with its first. Only of who was there at `since` can one lie before.
    Of two years nearly all are over: both kinds of those who are not have an index of their own.
    Earlier stays, and spells, are asked for in an array: an index answers it in the order of its
    leaves, where a join would begin anew at the root for each. `maybe` is told of a stay alone,
    `own` of its bed's allocation too."""
    return Statement(
        name,
        f"""
WITH near AS MATERIALIZED (
    SELECT {_COLUMNS} FROM capacity_stay
    WHERE ((ward_id = ANY(%(wards)s) AND ends IS NULL)
        OR (ward_id = ANY(%(wards)s) AND ends > %(since)s)) AND {maybe}
), before AS (
    SELECT {_COLUMNS} FROM capacity_stay
    WHERE spell_id = ANY(ARRAY(SELECT spell_id FROM near WHERE starts <= %(since)s))
      AND ends <= %(since)s AND ward_id = ANY(%(wards)s)
), own AS MATERIALIZED (
    SELECT s.*, coalesce(a.provider_id, w.lead_provider_id) AS provider_id
    FROM (SELECT * FROM near UNION ALL SELECT * FROM before) s
    JOIN capacity_ward w ON w.id = s.ward_id
    LEFT JOIN {allocations} a ON {_allocated("a")}
    WHERE {own}
), spells AS MATERIALIZED (
    SELECT id, destination, discharged_at FROM capacity_spell
    WHERE id = ANY(ARRAY(SELECT spell_id FROM own)) AND destination <> 'entered_in_error'
)
SELECT coalesce(o.starts = lag(o.ends) OVER spell, false),
       o.ward_id, o.provider_id, o.route, o.pathway, width_bucket(o.starts, %(weeks)s),
       coalesce(width_bucket(o.ends, %(weeks)s), {AFTER}),
       CASE WHEN o.ends >= p.discharged_at THEN p.destination ELSE '' END,
       coalesce({DAY_OF.format("o.ends")} - o.day, 0)
FROM own o JOIN spells p ON p.id = o.spell_id
WINDOW spell AS (PARTITION BY o.spell_id ORDER BY o.starts, o.ends)
ORDER BY o.spell_id, o.starts, o.ends
""",  # noqa: S608 — put together from constants of this module only
        wards="bigint[]",
        since="timestamptz",
        weeks="timestamptz[]",
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
