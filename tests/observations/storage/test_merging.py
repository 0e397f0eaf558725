"""Days become a month: nothing unseen, nothing twice, whatever happens meanwhile."""

import datetime as dt
import subprocess
import sys
import threading
import time
from itertools import chain

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from observations.models import PartitionChange, PartitionCopy
from observations.storage import merging, partitions
from tests.observations.storage.conftest import (
    DAYS,
    LATER,
    READING,
    ROWS,
    SCORE,
    month_now,
    renew,
    run,
    said,
)
from tests.workers import environment

SECOND = DAYS[1]
STRIKE = (
    "UPDATE observations_reading SET error = true"
    " WHERE device_id = %s AND measured_at >= %s AND measured_at < %s"
)


def day(which: dt.date) -> tuple[dt.datetime, dt.datetime]:
    start = partitions.day_start(which)
    return start, start + dt.timedelta(days=1)


def indexes(table: str) -> set[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(merging._INDEXES, [table])
        return set(cursor.fetchall())


def test_a_month_that_is_old_enough_takes_the_place_of_its_days(february):
    before = {table: said(table) for table in partitions.TABLES}
    assert len(before[READING]) == ROWS * len(DAYS)
    assert merging.merge_months(at=LATER) == len(partitions.TABLES)
    assert {table: said(table) for table in partitions.TABLES} == before
    for table in partitions.TABLES:
        there = [name for name in partitions.attached(table) if "_2001" in name]
        assert there == [f"{table}_200102"]
        assert indexes(there[0]) == indexes(table)
    assert not PartitionCopy.objects.exists()
    assert list(merging.waiting(LATER)) == []


def test_a_month_stays_in_days_until_its_last_is_sixty_days_old(february):
    end = dt.datetime(2001, 3, 1, tzinfo=dt.UTC)
    assert list(merging.waiting(end + merging.KEPT_AS_DAYS - dt.timedelta(seconds=1))) == []
    assert len(list(merging.waiting(end + merging.KEPT_AS_DAYS))) == 2


def test_what_is_in_a_month_can_still_be_corrected_and_needs_no_day(february):
    merging.merge_months(at=LATER)
    assert run(STRIKE, 3, *day(SECOND)) == 1
    partitions._known.clear()
    partitions.ensure_days([SECOND])
    assert f"{READING}_20010202" not in partitions.attached(READING)


def test_attaching_looks_at_no_row_and_makes_no_index(february):
    for _ in merging.build(february, at=LATER):
        pass
    run("SET client_min_messages = debug1")
    try:
        connection.connection.notices.clear()
        assert merging.exchange(february)
        told = "".join(connection.connection.notices)
    finally:
        run("RESET client_min_messages")
    assert f'partition constraint for table "{february.name}" is implied' in told
    assert "will be built" not in told
    assert "building index" not in told


# What a correction, a change of custody or somebody's being forgotten does between two steps.
CHANGES = {
    "strike": STRIKE,
    "move": "UPDATE observations_reading SET admission_id = md5('other')::uuid WHERE device_id = %s"
    " AND measured_at >= %s AND measured_at < %s",
    "remove": "DELETE FROM observations_reading WHERE device_id = %s AND measured_at >= %s"
    " AND measured_at < %s",
    "put back": "INSERT INTO observations_reading SELECT device_id, 'two', measured_at,"
    " admission_id, kind, number, code, as_sent, source, quality, context, gateway_id, sent_at,"
    " received_at, stored_at, clock_offset, batch, receipt, late, error FROM observations_reading"
    " WHERE device_id = %s AND measured_at >= %s AND measured_at < %s AND sender_id = 'one'"
    " ON CONFLICT DO NOTHING",
}
# Begun, each day copied, indexed, checked.
STEPS = len(DAYS) + 3
change = st.tuples(
    st.integers(0, STEPS),
    st.sampled_from(sorted(CHANGES)),
    st.integers(1, 6),
    st.sampled_from(DAYS),
)


def test_whatever_changes_between_the_steps_is_in_the_month(february, long_form):
    examples = 200 if long_form else 5

    @tried(max_examples=examples, deadline=None, database=None, derandomize=not long_form)
    @given(changes=st.lists(change, min_size=1, max_size=12))
    def tries(changes):
        renew()
        month = month_now()
        for step, _ in enumerate(chain([None], merging.build(month, at=LATER))):
            for _, what, device, when in (one for one in changes if one[0] == step):
                run(CHANGES[what], device, *day(when))
        expected = said()
        assert merging.exchange(month)
        assert said() == expected

    tries()


def test_readers_see_every_row_once_at_every_moment(february):
    """Nine statements in ten run while something is being copied or exchanged."""
    counts, stop = set(), threading.Event()

    def read() -> None:
        try:
            while not stop.is_set():
                counts.add(len(said()))
        finally:
            connection.close()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        merged = 0
        while not merged:
            merged = merging.merge_months(at=LATER)
    finally:
        stop.set()
        reader.join()
    assert counts == {ROWS * len(DAYS)}


def test_somebody_who_reads_for_hours_puts_the_exchange_off_and_waits_for_nobody(
    february, somebody
):
    somebody.execute("SELECT count(*) FROM observations_reading")
    before = said()
    assert merging.merge_months(at=LATER) == 0
    assert february.name not in partitions.attached(READING)
    assert said() == before
    somebody.connection.rollback()
    assert merging.merge_months(at=LATER) == 2
    assert said() == before


def test_a_correction_that_is_under_way_is_waited_for_and_not_lost(february, somebody):
    steps = merging.build(february, at=LATER)
    for _ in range(1 + len(DAYS)):
        next(steps)
    somebody.execute(STRIKE, [3, *day(SECOND)])
    assert merging.merge_months(at=LATER) == 0
    somebody.connection.commit()
    before = said()
    assert merging.merge_months(at=LATER) == 2
    assert said() == before


def test_a_day_is_made_while_somebody_reads_for_hours(february, somebody):
    somebody.execute("SELECT count(*) FROM observations_reading")
    run("SET lock_timeout = '200ms'")
    try:
        partitions.ensure_days([dt.date(2001, 4, 1)])
    finally:
        run("RESET lock_timeout")
    assert f"{READING}_20010401" in partitions.attached(READING)


def test_a_day_that_came_late_waits_for_the_next_time(february):
    for _ in merging.build(february, at=LATER):
        pass
    partitions.ensure_days([dt.date(2001, 2, 10)])
    assert merging.exchange(february) is False
    assert merging.merge_months(at=LATER) == 2
    assert [n for n in partitions.attached(READING) if "_2001" in n] == [february.name]


def test_too_many_changes_are_copied_before_the_exchange_and_not_in_it(february, monkeypatch):
    monkeypatch.setattr(merging, "MOST_CHANGES", 1)
    for _ in merging.build(february, at=LATER):
        pass
    run(STRIKE, 3, *day(SECOND))
    assert merging.exchange(february) is False
    before = said()
    assert merging.merge_months(at=LATER) == 2
    assert said() == before
    assert not PartitionChange.objects.exists()


def test_a_copy_that_differs_never_takes_the_place_of_its_days(february):
    steps = merging.build(february, at=LATER)
    for _ in range(1 + len(DAYS)):
        next(steps)
    before = said()
    run(f"DELETE FROM {february.name} WHERE device_id = 7 AND measured_at < '2001-02-02T00:00Z'")
    with pytest.raises(merging.CopyDiffersError):
        list(steps)
    assert merging.exchange(february) is False
    assert said() == before


def test_a_migration_in_between_begins_the_copy_again(february):
    steps = merging.build(february, at=LATER)
    for _ in range(2):
        next(steps)
    before = said(SCORE), len(said())
    run("ALTER TABLE observations_reading ADD COLUMN later integer")
    try:
        assert merging.merge_months(at=LATER) == 2
        assert (said(SCORE), len(said())) == before
    finally:
        run("ALTER TABLE observations_reading DROP COLUMN later")


KILLED = """
import datetime as dt, django
django.setup()
from observations.storage import merging
merging.merge_months(at=dt.datetime(2001, 5, 1, tzinfo=dt.UTC))
"""


@pytest.mark.parametrize("steps", [2, 1 + len(DAYS)], ids=["while copying", "while indexing"])
def test_a_worker_killed_in_the_middle_leaves_all_as_it_was(february, somebody, steps, long_form):
    if steps > 2 and not long_form:
        pytest.skip("in the long form: a process takes a second to start")
    before = said()
    under_way = merging.build(february, at=LATER)
    for _ in range(steps):
        next(under_way)
    somebody.execute(f"LOCK TABLE {february.name} IN SHARE MODE")
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED], env=environment(), cwd=settings.BASE_DIR
    )
    try:
        _wait_for_somebody_to_wait(february.name)
    finally:
        process.kill()
        process.wait()
    assert said() == before
    somebody.connection.rollback()
    run(STRIKE, 3, *day(SECOND))
    struck = said()
    assert struck != before
    merged = 0
    until = time.monotonic() + 20
    while merged < 2 and time.monotonic() < until:
        merged += merging.merge_months(at=LATER)
    assert said() == struck
    assert [n for n in partitions.attached(READING) if "_2001" in n] == [february.name]


def _wait_for_somebody_to_wait(table: str) -> None:
    """The killed process has reached the table that is locked."""
    until = time.monotonic() + 30
    asked = "SELECT count(*) FROM pg_locks WHERE relation = %s::regclass AND NOT granted"
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(asked, [table])
            if cursor.fetchone()[0]:
                return
            time.sleep(0.05)
    raise AssertionError("nobody waits")
