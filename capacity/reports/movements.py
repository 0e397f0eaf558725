"""Who came, left, returned and waited between two counts, and of what kind: sums of one statement.

Two times are counted side by side, so that a page can compare them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from capacity.ages import EDGES
from capacity.reports import visiting
from capacity.reports.places import Place
from capacity.reports.visiting import ALLOCATED, DAY_OF, Time

READMITTED_WITHIN: Final = dt.timedelta(days=30)

Key = tuple[str, str]  # (kind of movement, dimension)

_MOVEMENTS: Final = """
SELECT period, kind, dimension, value, count(*)::float8
FROM (
    SELECT t.period, CASE WHEN first_here THEN 'admitted' ELSE 'moved_in' END AS kind, v.*
    FROM times t JOIN told v ON v.starts > t.since AND v.starts <= t.until
) came CROSS JOIN LATERAL (VALUES
    ('', ''), ('route', route), ('source', source), ('pathway', pathway),
    ('residence', residence), ('ethnicity', ethnicity_group),
    ('age and sex', width_bucket(age_on_admission, %(ages)s) || ' ' || sex),
    ('home', coalesce(home_icb_id::text, '')),
    ('decile', coalesce(deprivation_decile::text, ''))
) d(dimension, value)
GROUP BY 1, 2, 3, 4
UNION ALL
SELECT period, kind, dimension, value, count(*)::float8
FROM (
    SELECT t.period, CASE WHEN last_here THEN 'discharged' ELSE 'moved_out' END AS kind, v.*,
           -- Whose 30 days are not over is told apart: of those only who came back is known, and
           -- beside those whose days are over they would make every recent share look worse.
           CASE WHEN NOT last_here OR destination = 'died' THEN 'not asked'
                WHEN EXISTS (SELECT 1 FROM capacity_spell q
                    WHERE q.person_key = v.person_key AND q.admitted_at > v.discharged_at
                      AND q.admitted_at <= least(v.discharged_at + %(within)s, %(now)s)
                      AND q.destination <> 'entered_in_error')
                THEN CASE WHEN v.discharged_at + %(within)s > %(now)s THEN 'back already'
                          ELSE 'yes' END
                WHEN v.discharged_at + %(within)s > %(now)s THEN 'not yet known'
                ELSE 'no' END AS readmitted
    FROM times t JOIN told v ON v.ends > t.since AND v.ends <= t.until
) went CROSS JOIN LATERAL (VALUES
    ('', ''), ('destination', destination), ('pathway', pathway), ('readmitted', readmitted)
) d(dimension, value)
GROUP BY 1, 2, 3, 4
UNION ALL
SELECT t.period, 'moved_within', '', '', count(*)::float8
FROM times t JOIN joined j ON j.starts > t.since AND j.starts <= t.until
JOIN told v ON v.spell_id = j.spell_id AND v.starts <= j.starts
 AND (v.ends IS NULL OR v.ends >= j.starts)
WHERE NOT j.enters AND j.ward_id <> j.ward_before
GROUP BY 1
UNION ALL
SELECT t.period, 'waited', '', share::text,
       percentile_cont(share) WITHIN GROUP (ORDER BY
           extract(epoch FROM v.admitted_at - v.referred_at)::float8 / 3600)
FROM times t JOIN told v ON v.starts > t.since AND v.starts <= t.until
CROSS JOIN (VALUES (0.5::float8), (0.9::float8)) AS s(share)
WHERE v.first_here AND v.referred_at IS NOT NULL AND v.referred_at <= v.admitted_at
GROUP BY t.period, share
"""

_REFERRED: Final = """
WITH times AS (
    SELECT * FROM unnest(%(sinces)s::timestamptz[], %(untils)s::timestamptz[])
        WITH ORDINALITY AS t(since, until, period)
)
SELECT period, 'referred', dimension, value, count(*)::float8
FROM times t JOIN capacity_referralfact r ON r.ward_id = ANY(%(asked)s)
 AND r.referred_at > t.since AND r.referred_at <= t.until
LEFT JOIN capacity_spell p ON p.id = r.spell_id
CROSS JOIN LATERAL (VALUES
    ('', ''), ('outcome', r.outcome), ('reason', r.decline_reason), ('source', r.source),
    ('pathway', r.pathway)
) d(dimension, value)
WHERE p.destination IS DISTINCT FROM 'entered_in_error'
  AND NOT (dimension = 'reason' AND value = '')
GROUP BY 1, 3, 4
"""

# Away and held up are told by the nights and days that lie in the time, wherever they began.
_HELD_UP: Final = f"""
WITH times AS (
    SELECT * FROM unnest(%(sinces)s::timestamptz[], %(untils)s::timestamptz[])
        WITH ORDINALITY AS t(since, until, period)
), held AS (
    SELECT t.period, d.spell_id, d.cause,
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
), gone AS (
    SELECT t.period
    FROM times t
    JOIN capacity_leave l ON l.starts > t.since AND l.starts <= t.until AND l.kind = 'hospital'
    JOIN capacity_spell p ON p.id = l.spell_id AND p.destination <> 'entered_in_error'
    JOIN capacity_stay s ON s.spell_id = l.spell_id AND s.ward_id = ANY(%(wards)s)
     AND s.starts <= l.starts AND (s.ends IS NULL OR s.ends > l.starts)
    {ALLOCATED}
    WHERE {{own}}
)
SELECT period, 'delayed', 'nights', cause, sum(nights)::float8 FROM held
WHERE nights > 0 GROUP BY 1, 4
UNION ALL
SELECT period, 'delayed', 'people', cause, count(DISTINCT spell_id)::float8 FROM held
WHERE nights > 0 GROUP BY 1, 4
UNION ALL
SELECT period, 'delayed', 'all', '', count(DISTINCT spell_id)::float8 FROM held
WHERE nights > 0 GROUP BY 1
UNION ALL
SELECT period, 'on_leave', '', '', count(*)::float8 FROM gone GROUP BY 1
"""  # noqa: S608 — put together from constants of this module only

_THERE: Final = """
WITH times AS (
    SELECT * FROM unnest(%(sinces)s::timestamptz[], %(untils)s::timestamptz[])
        WITH ORDINALITY AS t(since, until, period)
), edges AS (
    SELECT period, 'since' AS edge, since AS at FROM times
    UNION ALL SELECT period, 'until', until FROM times
)
SELECT e.period, 'there', '', e.edge, count(*)::float8
FROM edges e
JOIN capacity_stay s ON s.ward_id = ANY(%(wards)s) AND s.starts <= e.at
 AND (s.ends IS NULL OR s.ends > e.at)
 AND (s.ends IS NULL OR s.ends > %(first)s)
JOIN capacity_spell p ON p.id = s.spell_id AND p.destination <> 'entered_in_error'
{allocated}
WHERE {own}
GROUP BY 1, 4
"""

_TREATED: Final = """
SELECT count(DISTINCT p.person_key)
FROM capacity_stay s
JOIN capacity_spell p ON p.id = s.spell_id AND p.destination <> 'entered_in_error'
{allocated}
WHERE s.ward_id = ANY(%(wards)s) AND s.starts <= %(until)s
  AND (s.ends IS NULL OR s.ends > %(since)s) AND {own}
"""


@dataclass(slots=True)
class Tally:
    """What was counted in one time, by kind of movement and dimension."""

    since: dt.datetime
    until: dt.datetime
    counts: defaultdict[Key, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    waits: dict[str, float] = field(default_factory=dict)

    def number(self, kind: str) -> int:
        return self.counts[kind, ""][""]

    def by(self, kind: str, dimension: str) -> Counter[str]:
        return self.counts[kind, dimension]

    @property
    def into(self) -> int:
        return self.number("admitted") + self.number("moved_in")

    @property
    def out(self) -> int:
        return self.number("discharged") + self.number("moved_out")

    def there(self, edge: str) -> int:
        """At the count of `since` or of `until`."""
        return self.counts["there", ""][edge]

    @property
    def median_wait(self) -> float | None:
        """Hours from referral to admission, and those within which nine in ten were admitted."""
        return self.waits.get("0.5")

    @property
    def long_wait(self) -> float | None:
        return self.waits.get("0.9")


def tallies(place: Place, times: Sequence[Time], *, now: dt.datetime) -> list[Tally]:
    """One a time, in their order; four statements however many people came."""
    found = [Tally(since, until) for since, until in times]
    for period, kind, dimension, value, number in _all_rows(place, times, now):
        tally = found[period - 1]
        if kind == "waited":
            tally.waits[value] = number
        else:
            tally.counts[kind, dimension][value] += int(number)
    return found


def treated(place: Place, since: dt.datetime, until: dt.datetime) -> int:
    """Distinct people with a stay here at any time between."""
    sql = _TREATED.format(allocated=ALLOCATED, own=place.own)
    [[number]] = visiting.rows(sql, place, [], since=since, until=until)
    return int(number)


def _all_rows(
    place: Place, times: Sequence[Time], now: dt.datetime
) -> list[tuple[int, str, str, str, float]]:
    moved = visiting.rows(
        visiting.visits(place) + _MOVEMENTS,
        place,
        times,
        ages=list(EDGES),
        within=READMITTED_WITHIN,
        now=now,
    )
    first = min(since for since, _ in times)
    there = _THERE.format(allocated=ALLOCATED, own=place.own)
    return [
        *moved,
        *visiting.rows(_REFERRED, place, times),
        *visiting.rows(_HELD_UP.format(own=place.own), place, times),
        *visiting.rows(there, place, times, first=first),
    ]
