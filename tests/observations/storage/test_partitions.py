"""Days are there before their first row, and somebody notices when they are not."""

import datetime as dt

import pytest
from django.db import connection

from observations.storage import partitions
from observations.storage.locks import Lock
from tests.observations.storage.conftest import DAYS, run

# Nobody else's tests measure then.
TODAY = dt.datetime(2001, 6, 10, 23, 30, tzinfo=dt.UTC)
READING, SCORE = partitions.TABLES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forgets(monkeypatch):
    monkeypatch.setattr(partitions, "_known", {})


def test_the_keeper_makes_yesterday_and_a_week(monkeypatch):
    assert partitions.days_ahead(TODAY) == -1
    partitions.ensure_ahead(TODAY)
    assert partitions.days_ahead(TODAY) == partitions.DAYS_AHEAD
    for table in partitions.TABLES:
        made = [name for name in partitions.attached(table) if "_2001" in name]
        assert made[0] == f"{table}_20010609"
        assert made[-1] == f"{table}_20010617"


def test_a_gap_ends_the_horizon_and_either_table_counts():
    partitions.ensure_ahead(TODAY)
    run(f"DROP TABLE {SCORE}_20010613")
    assert partitions.days_ahead(TODAY) == 2


def test_the_horizon_is_reckoned_in_utc():
    partitions.ensure_ahead(TODAY)
    summer = TODAY.astimezone(dt.timezone(dt.timedelta(hours=1)))
    assert summer.date() != TODAY.date()
    assert partitions.days_ahead(summer) == partitions.DAYS_AHEAD


def test_a_day_holds_its_own_day_only_and_has_the_tables_indexes():
    partitions.ensure_days([TODAY.date()])
    name = f"{READING}_20010610"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = %s", [name]
        )
        (bound,) = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM pg_inherits i JOIN pg_index x ON x.indexrelid = i.inhrelid "
            "WHERE x.indrelid = %s::regclass",
            [name],
        )
        (indexes,) = cursor.fetchone()
    assert "'2001-06-10 00:00:00+00'" in bound
    assert "'2001-06-11 00:00:00+00'" in bound
    assert indexes == 2


def test_who_finds_its_days_there_waits_for_nobody(february, somebody, monkeypatch):
    """Locks of devices may be held meanwhile, and who makes another day may wait for these."""
    monkeypatch.setattr(partitions, "_known", {})
    somebody.execute("SELECT pg_advisory_xact_lock(%s)", [Lock.PARTITIONS])
    run("SET lock_timeout = '200ms'")
    try:
        partitions.ensure_days(DAYS)
    finally:
        run("RESET lock_timeout")
    assert set(*partitions._known.values()) == set(DAYS)


def test_a_day_that_another_process_made_is_left_as_it_is():
    partitions.ensure_days([TODAY.date()])
    partitions._known.clear()
    partitions.ensure_days([TODAY.date()])
    assert f"{READING}_20010610" in partitions.attached(READING)
