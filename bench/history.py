"""Readings and scores of the past days, made inside the database: a table as large as it gets."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from bench.load.uploads import SET
from observations.kinds import NUMBERS

DAYS: Final = 35
# Newer ones come from the runs themselves.
UNTIL: Final = timedelta(hours=3)
A_WEEK: Final = timedelta(days=7)
A_FORTNIGHT: Final = timedelta(days=14)
A_SET: Final = timedelta(hours=2)
_PEOPLE: Final = """
    CREATE UNLOGGED TABLE IF NOT EXISTS bench_people AS
    SELECT row_number() OVER (ORDER BY h.id) - 1 AS n, h.device_id, h.admission_id, a.ward_id
    FROM observations_holding h JOIN patients_admission a ON a.id = h.admission_id
"""
_KINDS: Final = ", ".join(
    f"({NUMBERS[kind]}, '{unit}', {usual}::float8)" for kind, unit, usual, _ in SET
).replace("%", "%%")
# A set's number tells whose it is and when it was measured, so that days fill in order of time.
_WHOSE: Final = "JOIN bench_people p ON p.n = s %% %(people)s"
_OF_ONE: Final = "JOIN bench_people p ON p.admission_id = %(admission)s"
_OF_WARD: Final = "JOIN bench_people p ON p.ward_id = %(ward)s"
SETS: Final = f"""
    SELECT s, p.device_id, p.admission_id,
           %(first)s::timestamptz + s * %(apart)s::interval AS measured_at
    FROM generate_series(%(from)s::bigint, %(to)s::bigint - 1) AS s
    {_WHOSE}
"""
READINGS: Final = f"""
    SELECT s.device_id, %(tag)s || '-' || lpad(to_hex(s.s), 10, '0') || k.kind AS sender_id,
           s.measured_at, s.admission_id, k.kind,
           k.usual + s.s %% 7 AS number, NULL AS code, k.usual || ' ' || k.unit AS as_sent,
           1 AS source, 1 AS quality, 1 AS context, 1 AS gateway_id,
           s.measured_at + interval '2 seconds' AS received_at,
           s.measured_at + interval '3 seconds' AS stored_at,
           0 AS clock_offset, 0 AS batch, '00000000-0000-7000-8000-000000000000'::uuid
           AS receipt,
           false AS late
    FROM ({SETS}) AS s CROSS JOIN (VALUES {_KINDS}) AS k (kind, unit, usual)
"""
COLUMNS: Final = (
    "device_id, sender_id, measured_at, admission_id, kind, number, code, as_sent, source, "
    "quality, context, gateway_id, received_at, stored_at, clock_offset, batch, receipt, late"
)
_FILL: Final = f"INSERT INTO observations_reading ({COLUMNS}) {READINGS}"
_SCORE: Final = f"""
    INSERT INTO observations_score
        (admission_id, measured_at, total, lowest, response, parts, scale, oldest_at,
         oxygen_from_plan, self_reported, batch)
    SELECT admission_id, measured_at, NULL, 0, 'incomplete', '{{0,0,NULL,0,0,NULL,0}}', 1,
           measured_at, false, false, 0
    FROM ({SETS}) AS s
"""
PARTS: Final = 64


def fill(readings: int, *, tag: str) -> None:
    """So many more, spread evenly over the days and over all patients; by two sessions at once."""
    from observations.storage import partitions

    until = datetime.now(UTC) - UNTIL
    first, sets = until - timedelta(days=DAYS), readings // len(SET)
    partitions.ensure_days((first + timedelta(days=n)).date() for n in range(DAYS + 1))
    given = asked(first, (until - first) / sets, tag)
    bounds = [sets * n // PARTS for n in range(PARTS + 1)]
    with ThreadPoolExecutor(2) as writers:
        parts = pairwise(bounds)
        list(writers.map(lambda part: _write(given | {"from": part[0], "to": part[1]}), parts))


def fill_ward(ward: int) -> None:
    """A week of sets, two hours apart, of each patient of one ward."""
    from django.db import connection

    until = datetime.now(UTC) - timedelta(minutes=5)
    sets = A_WEEK // A_SET
    given = asked(until - A_WEEK, A_SET, "week") | {"from": 0, "to": sets, "ward": ward}
    with connection.cursor() as cursor:
        for statement in (_FILL, _SCORE):
            cursor.execute(statement.replace(_WHOSE, _OF_WARD), given)
        cursor.execute("ANALYZE observations_reading, observations_score")


def fill_stay(admission: UUID, readings: int) -> None:
    """So many more of one patient, spread evenly over a fortnight."""
    from django.db import connection

    until, sets = datetime.now(UTC) - timedelta(minutes=5), readings // len(SET)
    given = asked(until - A_FORTNIGHT, A_FORTNIGHT / sets, "stay")
    given |= {"from": 0, "to": sets, "admission": admission}
    with connection.cursor() as cursor:
        for statement in (_FILL, _SCORE):
            cursor.execute(statement.replace(_WHOSE, _OF_ONE), given)
        cursor.execute("ANALYZE observations_reading, observations_score")


def settle() -> None:
    """As a database looks that has had its night: vacuumed, and everything on the disk."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE observations_reading, observations_score")
        cursor.execute("CHECKPOINT")


def asked(first: datetime, apart: timedelta, tag: str) -> dict[str, Any]:
    """What the statements above want to know, but for `from` and `to`."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE)
        cursor.execute("SELECT count(*) FROM bench_people")
        people = cursor.fetchone()[0]
    return {"first": first, "apart": apart, "tag": tag, "people": people}


def _write(given: dict[str, Any]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_FILL, given)
        cursor.execute(_SCORE, given)
    connection.close()
