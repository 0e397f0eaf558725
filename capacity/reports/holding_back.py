"""Nights that people ready to leave spent, and referrals declined for want of a bed, by pathway."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import median
from typing import Final

from capacity.holding_back import Held
from capacity.models import ReferralFact
from capacity.reports import stayed, visiting
from capacity.reports.places import Place
from capacity.reports.visiting import ALLOCATED, DAY_OF, Time

_TIMES: Final = """
WITH times AS (
    SELECT * FROM unnest(%(sinces)s::timestamptz[], %(untils)s::timestamptz[])
        WITH ORDINALITY AS t(since, until, period)
)
"""
# The same nights as the flows' and the control chart's, told apart by pathway and cause.
_WAITED: Final = f"""
{_TIMES}
SELECT period, pathway, cause, sum(nights)::bigint FROM (
    SELECT t.period, s.pathway, d.cause,
           {DAY_OF.format("least(t.until, d.ends, s.ends)")}
           - {DAY_OF.format("greatest(t.since, d.starts, s.starts)")} AS nights
    FROM times t
    JOIN capacity_delay d ON d.starts < t.until AND (d.ends IS NULL OR d.ends > t.since)
    JOIN capacity_spell p ON p.id = d.spell_id AND p.destination <> 'entered_in_error'
    JOIN capacity_stay s ON s.spell_id = d.spell_id AND s.ward_id = ANY(%(wards)s)
     AND s.starts < least(t.until, d.ends)
     AND (s.ends IS NULL OR s.ends > greatest(t.since, d.starts))
    {ALLOCATED}
    WHERE {{own}}
) held WHERE nights > 0 GROUP BY 1, 2, 3
"""  # noqa: S608 — put together from constants of this module only
_TURNED_AWAY: Final = f"""
{_TIMES}
SELECT period, r.pathway, count(*)
FROM times t JOIN capacity_referralfact r ON r.ward_id = ANY(%(asked)s)
 AND r.referred_at > t.since AND r.referred_at <= t.until
WHERE r.outcome = 'declined' AND r.decline_reason = %(no_bed)s
GROUP BY 1, 2
"""  # noqa: S608 — the same


def held_back(place: Place, times: Sequence[Time], *, now: dt.datetime) -> list[list[Held]]:
    """By pathway, one list a time. How long a stay is taken to be is of the first time for all:
    else a comparison would tell of longer stays as well."""
    waited = _waited(place, times)
    away = _turned_away(place, times)
    stay = _stay(place, times[0], now)
    return [_held(waited[n], away[n], stay) for n in range(1, len(times) + 1)]


def _held(
    waited: dict[str, Counter[str]], away: dict[str, int], stay: dict[str, float]
) -> list[Held]:
    return [
        Held(
            pathway=pathway,
            waited=waited[pathway].total() if pathway in waited else 0,
            cause=waited[pathway].most_common(1)[0][0] if pathway in waited else "",
            turned_away=away.get(pathway, 0),
            stay=stay.get(pathway, stay.get("", 0.0)),
        )
        for pathway in sorted({*waited, *away})
    ]


def _waited(place: Place, times: Sequence[Time]) -> dict[int, dict[str, Counter[str]]]:
    found: defaultdict[int, dict[str, Counter[str]]] = defaultdict(dict)
    for period, pathway, cause, nights in visiting.rows(
        _WAITED.format(own=place.own), place, times
    ):
        found[period].setdefault(pathway, Counter())[cause] += nights
    return found


def _turned_away(place: Place, times: Sequence[Time]) -> dict[int, dict[str, int]]:
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for period, pathway, number in visiting.rows(
        _TURNED_AWAY, place, times, no_bed=ReferralFact.NO_BED
    ):
        found[period][pathway] = number
    return found


def _stay(place: Place, time: Time, now: dt.datetime) -> dict[str, float]:
    """Median nights of those that ended in the time, by pathway; under "" of all together."""
    ended: defaultdict[str, list[int]] = defaultdict(list)
    for one in stayed.stays(place, *time, now=now):
        if one.part == "ended":
            for key in (one.pathway, ""):
                ended[key] += [one.lasted.nights] * one.lasted.count
    return {pathway: float(median(nights)) for pathway, nights in ended.items()}
