"""Visits as the database makes them: the same as `flows.visits`, of many thousand stays at once.

A visit is the unbroken time of one spell within one place. The statements of this floor's reports
begin with these parts, so that every page counts the same rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

from capacity.reports.places import Place

Time = tuple[dt.datetime, dt.datetime]
DAY_OF: Final = "({} AT TIME ZONE 'Europe/London')::date"

# Who began or ended a stay here in one of the times; half-open to the left, as between two counts.
_TIMES: Final = """
times AS (
    SELECT * FROM unnest(%(sinces)s::timestamptz[], %(untils)s::timestamptz[])
        WITH ORDINALITY AS t(since, until, period)
),
near AS (
    SELECT DISTINCT s.spell_id
    FROM times t JOIN capacity_stay s ON s.ward_id = ANY(%(wards)s) AND (
        (s.starts > t.since AND s.starts <= t.until) OR (s.ends > t.since AND s.ends <= t.until))
)
"""

ALLOCATED: Final = """
JOIN capacity_ward w ON w.id = s.ward_id
LEFT JOIN capacity_bedallocation a ON a.bed_id = s.bed_id
 AND a.starts <= (s.starts AT TIME ZONE 'Europe/London')::date
 AND (a.ends IS NULL OR a.ends > (s.starts AT TIME ZONE 'Europe/London')::date)
"""

_VISITS: Final = """
legs AS (
    SELECT s.spell_id, s.ward_id, s.pathway, s.route, s.starts, s.ends
    FROM near JOIN capacity_stay s ON s.spell_id = near.spell_id AND s.ward_id = ANY(%(wards)s)
    {allocated}
    WHERE {own}
),
entered AS (
    SELECT legs.*,
           lag(ends) OVER spell IS DISTINCT FROM starts AS enters,
           lag(ward_id) OVER spell AS ward_before
    FROM legs WINDOW spell AS (PARTITION BY spell_id ORDER BY starts, ends)
),
joined AS (
    SELECT entered.*,
           sum(enters::int) OVER (PARTITION BY spell_id ORDER BY starts, ends) AS visit
    FROM entered
),
visits AS (
    SELECT spell_id, min(starts) AS starts,
           CASE WHEN bool_or(ends IS NULL) THEN NULL ELSE max(ends) END AS ends,
           max(pathway) FILTER (WHERE enters) AS pathway,
           max(route) FILTER (WHERE enters) AS route
    FROM joined GROUP BY spell_id, visit
),
told AS (
    SELECT v.*, p.person_key, p.age_on_admission, p.sex, p.ethnicity_group, p.residence,
           p.home_icb_id, p.deprivation_decile, p.source, p.destination, p.referred_at,
           p.admitted_at, p.discharged_at,
           v.starts <= p.admitted_at AS first_here,
           v.ends IS NOT NULL AND v.ends >= p.discharged_at AS last_here
    FROM visits v JOIN capacity_spell p ON p.id = v.spell_id
    WHERE p.destination <> 'entered_in_error'
)
"""


def visits(place: Place) -> str:
    """The parts `times`, `near`, `legs`, `joined`, `visits` and `told` of a statement."""
    return f"WITH {_TIMES}, {_VISITS.format(allocated=ALLOCATED, own=place.own)}"


def rows(sql: str, place: Place, times: Sequence[Time], **more: Any) -> list[tuple[Any, ...]]:
    """`times` are told apart by `period`, from 1 on."""
    given = place.parameters | {
        "sinces": [since for since, _ in times],
        "untils": [until for _, until in times],
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, given | more)
        return list(cursor.fetchall())
