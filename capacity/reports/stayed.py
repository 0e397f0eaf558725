"""How long people stayed in a place, those still there among them, by pathway and kind.

Stays count by the moment they began here; how long they went on is known up to `now`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from capacity.before_after import StayOf
from capacity.kaplan_meier import Lasted
from capacity.reports import visiting
from capacity.reports.places import Place
from capacity.reports.visiting import DAY_OF

_NIGHTS: Final = f"{DAY_OF.format('coalesce({end}, %(now)s)')} - {DAY_OF.format('{start}')}"

# `here` is the place's part; `whole` the spell from admission to discharge, wherever it was.
_BEGUN: Final = f"""
SELECT 'here', pathway, {_NIGHTS.format(end="v.ends", start="v.starts")}, v.ends IS NOT NULL,
       count(*)
FROM times t JOIN told v ON v.starts > t.since AND v.starts <= t.until
GROUP BY 1, 2, 3, 4
UNION ALL
SELECT 'whole', pathway, {_NIGHTS.format(end="v.discharged_at", start="v.admitted_at")},
       v.discharged_at IS NOT NULL, count(*)
FROM times t JOIN told v ON v.starts > t.since AND v.starts <= t.until
GROUP BY 1, 2, 3, 4
UNION ALL
SELECT 'ended', pathway, {_NIGHTS.format(end="v.ends", start="v.starts")}, true, count(*)
FROM times t JOIN told v ON v.ends > t.since AND v.ends <= t.until
GROUP BY 1, 2, 3
"""  # noqa: S608 — put together from constants of this module only

_KINDS: Final = f"""
SELECT t.period = 2, {_NIGHTS.format(end="v.ends", start="v.starts")}, v.ends IS NOT NULL,
       CASE WHEN age_on_admission < 65 THEN 'under 65' WHEN age_on_admission < 80
            THEN '65 to 79' ELSE '80 and over' END,
       route, source, pathway, count(*)
FROM times t JOIN told v ON v.starts > t.since AND v.starts <= t.until
GROUP BY 1, 2, 3, 4, 5, 6, 7
"""  # noqa: S608 — put together from constants of this module only


@dataclass(frozen=True, slots=True)
class Stays:
    """Alike in part, pathway and nights; `part` is here, whole or ended (in the time)."""

    part: str
    pathway: str
    lasted: Lasted


def stays(place: Place, since: dt.datetime, until: dt.datetime, *, now: dt.datetime) -> list[Stays]:
    found = visiting.rows(visiting.visits(place) + _BEGUN, place, [(since, until)], now=now)
    return [
        Stays(part, pathway, Lasted(nights, ended, count))
        for part, pathway, nights, ended, count in found
    ]


def around(
    place: Place, since: dt.datetime, change: dt.datetime, until: dt.datetime, *, now: dt.datetime
) -> dict[str, list[StayOf]]:
    """By pathway: stays begun before and after a change, told apart by age, route and source."""
    times = [(since, change), (change, until)]
    found: defaultdict[str, list[StayOf]] = defaultdict(list)
    for after, nights, ended, age, route, source, pathway, count in visiting.rows(
        visiting.visits(place) + _KINDS, place, times, now=now
    ):
        mix = {"age": age, "route": route, "source": source}
        found[pathway].append(StayOf(after, Lasted(nights, ended, count), mix))
    return dict(found)
