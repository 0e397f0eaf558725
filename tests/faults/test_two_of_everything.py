"""Two web servers, two workers and two beats do each thing once."""

import sys

import pytest
from celery import Celery

from tests.faults.house import House, within
from tests.faults.ledger import Ledger
from tests.faults.load import Load
from tests.faults.test_nothing_is_lost import STARTED, is_accepted

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform != "linux", reason="its children die with it only there"),
]

DUE = """
    UPDATE observations_alert SET next_step_at = now() - interval '1 second'
    WHERE closed_at IS NULL AND owner_id IS NULL AND next_step_at IS NOT NULL
    RETURNING id, step + 1
"""
STEPS = "SELECT alert_id, step FROM observations_bell WHERE why = 'step'"
UNSENT = "SELECT count(*) FROM observations_belldelivery WHERE sent_at IS NULL"
SENT = """
    SELECT count(*), count(*) FILTER (WHERE d.attempts = 1)
    FROM observations_bell b LEFT JOIN observations_belldelivery d ON d.bell_id = b.id
"""
VERSIONS = "SELECT admission_id, version FROM observations_standing"
PASSED = """
    UPDATE observations_duetime SET next_deadline_at = now() + interval '1 hour';
    UPDATE observations_duetime SET next_deadline_at = now() - interval '1 second'
    WHERE kind = 2 RETURNING admission_id
"""
STILL_PASSED = "SELECT count(*) FROM observations_duetime WHERE next_deadline_at < now()"
TASKS = (
    "observations.tasks.sweep_deadlines",
    "observations.tasks.send_bells",
    "observations.tasks.keep_partitions",
    "capacity.tasks.refresh_figures",
)


@pytest.fixture
def doubled(house: House):
    house.start_web("web-2")
    house.start_worker("worker-2")
    house.start_beat("beat-2")
    assert within(STARTED, lambda: house.answers("web-2")), house.told()
    yield house
    for name in ("beat-2", "worker-2", "web-2"):
        house.kill(name)


def test_two_of_everything_store_ring_and_send_each_thing_once(
    doubled: House, ledger: Ledger, load: Load, times: int
):
    load.webs, load.senders = ("web", "web-2"), 4
    with load.running():
        for _ in range(times):
            assert is_accepted(load, 100)
            _crowd(doubled)
    ledger.settle(load)
    _expect_one_bell_a_step(doubled)
    _expect_one_look_a_deadline(doubled)
    assert within(STARTED, lambda: doubled.ask(UNSENT) == 0), doubled.told()
    ((rung, sent_once),) = doubled.rows(SENT)
    assert rung == sent_once > 0
    assert "Task handler raised" not in doubled.told()


def _expect_one_bell_a_step(house: House) -> None:
    before = house.rows(STEPS)
    due = house.rows(DUE)
    assert len(due) > 5, "too few alerts to prove anything"
    _crowd(house)
    assert within(STARTED, lambda: len(house.rows(STEPS)) >= len(before) + len(due)), house.told()
    _crowd(house)
    assert sorted(house.rows(STEPS)) == sorted(before + due)


def _expect_one_look_a_deadline(house: House) -> None:
    before = dict(house.rows(VERSIONS))
    passed = {admission for (admission,) in house.rows(PASSED)}
    assert len(passed) > 5
    _crowd(house)
    assert within(STARTED, lambda: house.ask(STILL_PASSED) == 0), house.told()
    moved = {one: version - before[one] for one, version in house.rows(VERSIONS)}
    assert moved == {one: int(one in passed) for one in moved}


def _crowd(house: House) -> None:
    """Many of each task at once, for all workers together; done when none waits, whatever wakes
    the drain meanwhile."""
    with Celery(broker=house.valkey.url()) as app:
        app.conf.update(broker_transport_options={"global_keyprefix": "vwards:"})
        for name in TASKS * 6:
            app.send_task(name, queue="vwards", ignore_result=True)
    assert within(STARTED, lambda: not house.queued()), house.told()
