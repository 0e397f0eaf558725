"""42 ICBs, 700 wards, 24,000 beds and two years of 1.5 million stays, made inside PostgreSQL.

Each bed is cut into turns that follow each other without a gap: a stay and the bed made ready, or
the bed closed. More lines of turns without a bed are those over capacity. No action writes them,
since that would take hours: while it fills, foreign keys are not looked up and the ranges that
must not overlap stand aside; they come back as they were, and so refuse what would break them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper


@dataclass(frozen=True)
class Size:
    providers: int = 100
    wards: int = 700
    beds: int = 24_000
    stays: int = 1_500_000
    days: int = 730

    @property
    def bedless(self) -> int:
        """How many are over capacity at a time, at most."""
        return self.beds // 50

    @property
    def turn(self) -> float:
        """Days from one admission to a bed to the next: a turn in 33 is a closure."""
        return self.days * (self.beds + self.bedless) / (self.stays * 34 / 33)


ENGLAND: Final = Size()
SMALL: Final = Size(providers=42, wards=84, beds=420, stays=3_000, days=60)
FILLED: Final = (
    *("capacity_bedclosure", "capacity_spell", "capacity_stay", "capacity_leave"),
    "capacity_referralfact",
)

# A ward has one pathway, two or three; a tenth of the wards have beds of two providers.
_PLACES: Final = """
CREATE TEMP TABLE icb_no AS
    SELECT id, row_number() OVER (ORDER BY code) - 1 AS n FROM capacity_integratedcareboard;
INSERT INTO capacity_provider (code, name, short_name, kind, starts)
    SELECT 'FIG' || n, 'Figures Trust ' || n, '', 'acute', %(opened)s::date
    FROM generate_series(0, %(providers)s - 1) n;
CREATE TEMP TABLE provider_no AS
    SELECT p.id, i.id AS icb, substr(p.code, 4)::int AS n
    FROM capacity_provider p JOIN icb_no i ON i.n = substr(p.code, 4)::int %% 42
    WHERE p.code LIKE 'FIG%%';
INSERT INTO capacity_ward (code, name, lead_provider_id, icb_id, opens, roster_version)
    SELECT 'FIG' || p.n || '-w' || w, 'Ward ' || w, p.id, p.icb, %(opened)s::date, 1
    FROM generate_series(0, %(wards)s - 1) w JOIN provider_no p ON p.n = w %% %(providers)s;
CREATE TEMP TABLE ward_no AS
    SELECT w.id, p.id AS provider, p.icb, split_part(w.code, '-w', 2)::int AS n,
           q.id AS other_provider, q.icb AS other_icb
    FROM capacity_ward w JOIN provider_no p ON p.id = w.lead_provider_id
    JOIN provider_no q ON q.n = (p.n + 1) %% %(providers)s;
INSERT INTO capacity_bed (ward_id, label, position, kind, starts)
    SELECT w.id, b / %(wards)s + 1, b / %(wards)s,
           CASE WHEN b %% 33 = 7 THEN 'surge' ELSE 'commissioned' END, %(opened)s
    FROM generate_series(0, %(beds)s - 1) b JOIN ward_no w ON w.n = b %% %(wards)s;
INSERT INTO capacity_bedallocation (bed_id, provider_id, icb_id, starts, ends)
    SELECT b.id, w.provider, w.icb, %(opened)s::date,
           CASE WHEN b.id %% 20 = 0 THEN %(half)s END
    FROM capacity_bed b JOIN ward_no w ON w.id = b.ward_id;
INSERT INTO capacity_bedallocation (bed_id, provider_id, icb_id, starts)
    SELECT b.id, w.other_provider, w.other_icb, %(half)s
    FROM capacity_bed b JOIN ward_no w ON w.id = b.ward_id WHERE b.id %% 20 = 0;
INSERT INTO capacity_wardexclusion (ward_id, starts, ends, reason)
    SELECT id, %(half)s, %(half)s + 30, 'not a virtual ward' FROM ward_no WHERE n %% 100 = 3;
"""
# `a`, `b` and `c` are one turn's luck; nobody has been on the ward for longer than 90 days.
_TURNS: Final = """
SELECT setseed(0.5);
CREATE TEMP TABLE turn AS
SELECT t.ward, t.bed, t.n, t.a, t.b, t.c, w.n AS ward_n,
       %(opened)s + interval '1 second' * floor(86400 * (t.until - t.days)) AS starts,
       %(opened)s + interval '1 second' * floor(86400 * (t.until - t.days * (0.1 + 0.15 * t.a)))
         AS ends
FROM (SELECT l.*, random() AS a, random() AS b, random() AS c, sum(days) OVER line AS until
      FROM (SELECT l.ward, l.bed, n,
                   least(90, %(turn)s * (0.3 - 0.7 * ln(1 - random()))) AS days
            FROM (SELECT ward_id AS ward, id AS bed FROM capacity_bed
                  UNION ALL SELECT id, NULL FROM ward_no WHERE n < %(bedless)s) l,
                 generate_series(1, %(most)s) n) l
      WINDOW line AS (PARTITION BY ward, bed ORDER BY n)) t
JOIN ward_no w ON w.id = t.ward
WHERE t.until - t.days < %(days)s;
INSERT INTO capacity_bedclosure (bed_id, starts, ends, reason, note)
    SELECT bed, starts, CASE WHEN ends < %(now)s THEN ends END, 'no_staff', ''
    FROM turn WHERE c < 1 / 33.0 AND bed IS NOT NULL;
CREATE TEMP TABLE stay AS
    SELECT t.*, uuidv7(starts - now()) AS spell, uuidv7(starts - now()) AS id,
           CASE WHEN ends < %(now)s THEN ends END AS ended,
           ends < %(now)s AND b < 0.01 AS in_error,
           (%(pathways)s::text[])[1 + (ward_n + floor(b * (1 + ward_n %% 3))::int) %% 8] AS pathway,
           (%(sources)s::text[])[1 + floor(a * 8)::int] AS source
    FROM turn t WHERE c >= 1 / 33.0 OR bed IS NULL ORDER BY starts;
"""
_STAYS: Final = """
INSERT INTO capacity_spell (id, person_key, age_on_admission, sex, ethnicity_group, residence,
       deprivation_decile, source, destination, referred_at, accepted_at, admitted_at,
       discharged_at, technology_enabled)
    SELECT spell, md5((floor(c * 1e6))::text), 16 + floor(80 * sqrt(a))::int,
           CASE WHEN c < 0.5 THEN 'female' ELSE 'male' END, '',
           CASE WHEN b > 0.9 THEN 'care_home' ELSE 'own_home' END, 1 + floor(c * 10)::int, source,
           CASE WHEN ended IS NULL THEN '' WHEN in_error THEN 'entered_in_error'
                ELSE (%(destinations)s::text[])[1 + floor(c * 10)::int] END,
           starts - interval '5 hours' - interval '2 days' * a, starts - interval '4 hours', starts,
           ended, true
    FROM stay;
INSERT INTO capacity_stay (id, spell_id, ward_id, bed_id, no_bed, no_bed_reason, pathway, route,
       starts, ends, end_reason)
    SELECT id, spell, ward, bed, CASE WHEN bed IS NULL THEN 'over_capacity' ELSE '' END,
           CASE WHEN bed IS NULL THEN 'agreed with the lead' ELSE '' END, pathway,
           CASE WHEN source = 'acute_ward' OR b > 0.8 THEN 'step_down' ELSE 'step_up' END,
           starts, ended,
           CASE WHEN ended IS NULL THEN '' WHEN in_error THEN 'entered_in_error'
                ELSE 'discharged' END
    FROM stay;
INSERT INTO capacity_leave (id, spell_id, kind, starts, expected_back, ends, bed_held)
    SELECT uuidv7(starts - now()), spell, 'home', starts + (ends - starts) * 0.3, ends,
           CASE WHEN starts + (ends - starts) * 0.6 < %(now)s
                THEN starts + (ends - starts) * 0.6 END, true
    FROM stay WHERE a BETWEEN 0.5 AND 0.55 AND starts + (ends - starts) * 0.3 < %(now)s;
INSERT INTO capacity_referralfact (id, ward_id, pathway, route, source, referred_at,
       first_looked_at, decided_at, outcome, decline_reason, spell_id)
    SELECT uuidv7(starts - now()), s.ward, pathway, 'step_up', source, starts - interval '1 day',
           starts - interval '6 hours', starts - interval '4 hours',
           CASE WHEN declined THEN 'declined' ELSE 'accepted' END,
           CASE WHEN declined THEN 'no_capacity' ELSE '' END,
           CASE WHEN NOT declined THEN spell END
    FROM stay s, unnest(ARRAY[false, true]) AS declined WHERE NOT declined OR c > 0.9;
"""
_PATHWAYS: Final = (
    *("acute-respiratory-infection", "copd", "frailty", "heart-failure", "opat"),
    *("palliative", "hospital-at-home", "children"),
)
_DESTINATIONS: Final = ("home",) * 7 + ("hospital", "care_home", "died")
# Exclusion constraints, and indexes that are no constraint's: how each is dropped and made again.
_ASIDE: Final = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
              pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype = 'x' AND conrelid::regclass::text = ANY(%(tables)s)
UNION ALL
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index
WHERE indrelid::regclass::text = ANY(%(tables)s)
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


def make(size: Size, now: dt.datetime) -> None:
    """Into an empty database whose tables are there; `now` is where its two years end."""
    from django.db import connection, transaction

    from capacity.actions.reference import load_reference_data

    load_reference_data(at=now)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'; SET LOCAL maintenance_work_mem = '512MB'")
        given = _given(size, now)
        cursor.execute(_PLACES, given)
        cursor.execute("ANALYZE ward_no")
        with _unchecked(cursor):
            cursor.execute(_TURNS, given)
            cursor.execute(_STAYS, given)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _given(size: Size, now: dt.datetime) -> dict[str, Any]:
    from capacity.models.stays import Source

    opened = now - dt.timedelta(days=size.days)
    return {
        **vars(size),
        "now": now,
        "opened": opened,
        "half": (now - dt.timedelta(days=size.days // 2)).date(),
        "bedless": size.bedless,
        "turn": size.turn,
        # A line whose turns are all short needs more than the mean.
        "most": int(size.days / size.turn * 1.4) + 15,
        "pathways": list(_PATHWAYS),
        "sources": list(Source.values),
        "destinations": list(_DESTINATIONS),
    }


@contextmanager
def _unchecked(cursor: CursorWrapper) -> Iterator[None]:
    """What is made anew afterwards looks at each row once, in one go."""
    cursor.execute(_ASIDE, {"tables": list(FILLED)})
    aside = cursor.fetchall()
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for drop, _ in aside:
        cursor.execute(drop)
    cursor.execute("SET LOCAL session_replication_role = replica")
    yield
    cursor.execute("SET LOCAL session_replication_role = origin")
    for _, create in aside:
        cursor.execute(create)
