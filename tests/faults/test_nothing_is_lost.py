"""What was answered with a receipt is stored, once, whichever part of the house falls over."""

import datetime as dt
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests import cluster
from tests.faults.house import House, within
from vwards.local.programs import home, servant
from vwards.local.servers import own

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform != "linux", reason="its children die with it only there"),
]

MINUTE = dt.timedelta(minutes=1)
A_WORKING_BATCH = """
    SELECT count(*) FROM pg_stat_activity
    WHERE state <> 'idle' AND pid <> pg_backend_pid() AND query ILIKE '%%reading%%'
"""
ROWS = "SELECT count(*) FROM observations_reading WHERE sender_id = ANY(%s)"
DIFFERENT = ROWS.replace("count(*)", "count(DISTINCT sender_id)")
TOLD = """
    SELECT count(*)
    FROM observations_receipt r, unnest(r.ids, r.outcomes) AS one(sender_id, outcome)
    WHERE sender_id = ANY(%s) AND outcome IN (1, 2)
"""
DRAIN = "import django; django.setup(); from observations import drain; drain.drain_all()"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    folder = home() / "fault-house"
    shutil.rmtree(folder, ignore_errors=True)
    own(folder, servant(), mode=0o755)
    cluster.copy_migrated(folder / "postgres")
    ours = ("DEBUG", "BEHIND_TLS", "CONN_MAX_AGE", "REDIS_KEY_PREFIX", "CELERY_QUEUE")
    built = House(folder)
    try:
        built.open({name: value for name, value in os.environ.items() if name not in ours})
        yield built
    finally:
        built.close()
        shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def _without_worker(house: House) -> Iterator[None]:
    """Each test starts with an empty inbox and whichever worker it starts itself."""
    yield
    if "worker" in house.running:
        house.kill("worker")


def _pulses(device: str, count: int) -> list[dict[str, Any]]:
    """Each with an id of its own, measured in the last days."""
    now = dt.datetime.now(dt.UTC)
    numbers = itertools.islice(_numbers, count)
    return [
        {
            "id": f"p-{number}",
            "device": device,
            "kind": "pulse",
            "value": 60 + number % 40,
            "unit": "/min",
            "measured_at": (now - number % 2000 * MINUTE).isoformat(),
        }
        for number in numbers
    ]


def _send(house: House, *, uploads: int, each: int) -> set[str]:
    """The ids of all readings that were promised a receipt."""
    kept: set[str] = set()
    for _ in range(uploads):
        readings = _pulses(house.device, each)
        if house.send(readings):
            kept |= {reading["id"] for reading in readings}
    return kept


def _expect_each_once(house: House, ids: set[str]) -> None:
    assert within(60, lambda: house.waiting() == 0), house.told()
    found = [house.ask(statement, list(ids)) for statement in (ROWS, DIFFERENT, TOLD)]
    assert found == [len(ids)] * 3, house.told()


def test_a_worker_killed_in_the_middle_of_batches_loses_and_doubles_nothing(house: House):
    ids = _send(house, uploads=80, each=100)
    assert len(ids) == 8000
    interrupted = 0
    for _ in range(3):
        house.start_worker()
        assert within(30, lambda: house.ask(A_WORKING_BATCH) and house.waiting())
        house.kill("worker")
        interrupted += house.waiting() > 0
    assert interrupted, "no batch was cut off, so nothing was proved"
    house.start_worker()
    _expect_each_once(house, ids)


def test_valkey_emptied_and_killed_only_delays_what_it_carried(house: House):
    house.start_worker()
    ids = _send(house, uploads=3, each=10)
    house.empty_valkey()
    ids |= _send(house, uploads=3, each=10)
    house.kill_valkey()
    ids |= _send(house, uploads=3, each=10)
    assert len(ids) == 90, "an upload needs no broker"
    # With no broker at all, whoever runs the drain by hand finds everything.
    subprocess.run([sys.executable, "-c", DRAIN], env=house.environment, check=True)
    assert house.waiting() == 0
    ids |= _send(house, uploads=3, each=10)
    house.valkey.start()
    _expect_each_once(house, ids)


def test_postgresql_stopped_at_once_keeps_every_reading_that_had_its_receipt(house: House):
    house.start_worker()
    ids = _send(house, uploads=40, each=20)
    house.stop_postgres_at_once()
    refused = _send(house, uploads=2, each=20)
    assert refused == set(), "nothing is promised while nothing can be kept"
    house.postgres.start()
    assert within(20, house.answers), house.told()
    ids |= _send(house, uploads=10, each=20)
    assert len(ids) == 1000
    _expect_each_once(house, ids)
    assert house.running["worker"].poll() is None, "the worker outlives its database"
