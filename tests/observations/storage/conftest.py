"""An old month of a few days with rows in them, committed, and gone after the test."""

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from django.db import connection

from observations.storage import merging, partitions
from observations.storage.merging import Month

DAYS = (dt.date(2001, 2, 1), dt.date(2001, 2, 2), dt.date(2001, 2, 28))
# Late enough for that month, and too early for every other that tests make.
LATER = dt.datetime(2001, 5, 1, tzinfo=dt.UTC)
BOUNDS = ("2001-02-01T00:00Z", "2001-03-01T00:00Z")
READING, SCORE = partitions.TABLES
ROWS = 40

_READINGS = """
    INSERT INTO observations_reading (device_id, sender_id, measured_at, admission_id, kind, number,
        as_sent, source, quality, context, gateway_id, received_at, stored_at, clock_offset, batch,
        receipt, late)
    SELECT n, 'one', at, md5((n %% 5)::text)::uuid, 1, n, '16', 1, 1, 1, 1, at, at, 0, 1,
           md5('receipt')::uuid, false
    FROM generate_series(1, %(rows)s) n,
         LATERAL (SELECT %(day)s::timestamptz + n %% 7 * interval '1 hour') AS measured(at)
"""
_SCORES = """
    INSERT INTO observations_score (admission_id, measured_at, total, lowest, response, parts,
        scale, oldest_at, oxygen_from_plan, self_reported, batch)
    SELECT md5(n::text)::uuid, %(day)s, n, n, 'low', ARRAY[0, NULL, n]::smallint[], 1, %(day)s,
           false, false, 1
    FROM generate_series(1, 5) n
"""


@pytest.fixture
def transactional_db(django_db_setup, django_db_blocker) -> Iterator[None]:
    """As pytest-django's, without emptying all tables afterwards, which takes longer than a test:
    whoever uses it here clears away what it committed."""
    with django_db_blocker.unblock():
        yield
        connection.close()


@pytest.fixture
def february(transactional_db, monkeypatch) -> Iterator[Month]:
    """Readings and scores of three days; the month of readings, as the merge sees it."""
    monkeypatch.setattr(partitions, "_known", {})
    renew()
    yield month_now()
    _drop()


def renew() -> None:
    _drop()
    partitions._known.clear()
    partitions.ensure_days(DAYS)
    with connection.cursor() as cursor:
        for day in DAYS:
            told: dict[str, Any] = {"day": partitions.day_start(day), "rows": ROWS}
            cursor.execute(_READINGS, told)
            cursor.execute(_SCORES, told)


def month_now() -> Month:
    return next(month for month in merging.waiting(LATER) if month.table == READING)


def said(table: str = READING) -> list[Any]:
    """All that February says, asked as the code asks."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM {table} WHERE measured_at >= %s AND measured_at < %s "
            "ORDER BY measured_at, admission_id, 1, 2",
            BOUNDS,
        )
        return list(cursor.fetchall())


def run(statement: str, *given: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return int(cursor.rowcount)


@pytest.fixture
def somebody(february) -> Iterator[psycopg2.extensions.cursor]:
    """Another connection, which holds what it locks until it is rolled back."""
    with closing(psycopg2.connect(**_parameters())) as other, other.cursor() as cursor:
        yield cursor


def _parameters() -> dict[str, Any]:
    given = connection.get_connection_params()
    return {name: given[name] for name in ("dbname", "user", "password", "host", "port")}


def _drop() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname ~ %s AND relkind = 'r'",
            [r"^observations_(reading|score)_2001\d+$"],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE {name}")
        cursor.execute("DELETE FROM observations_partitioncopy WHERE part LIKE '%_2001%'")
        cursor.execute("DELETE FROM observations_partitionchange WHERE part LIKE '%_2001%'")
