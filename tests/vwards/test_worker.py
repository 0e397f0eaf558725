"""A real worker takes work off this run's own queue, on this test's own database."""

import time

from vwards import health
from vwards.schedule import HEARTBEAT_SECONDS


def test_a_worker_does_what_is_sent_to_it(start_worker, valkey):
    start_worker(beat=False)
    valkey.delete(health.HEARTBEAT_KEY)
    health.beat.delay()
    assert _within(5, lambda: valkey.exists(health.HEARTBEAT_KEY))


def test_a_frozen_worker_does_nothing_until_it_is_thawed(worker, valkey):
    # The run's shared worker: it may be alive already, and would do another one's work.
    with worker.frozen():
        valkey.delete(health.HEARTBEAT_KEY)
        health.beat.delay()
        assert not _within(1, lambda: valkey.exists(health.HEARTBEAT_KEY))
    assert _within(5, lambda: valkey.exists(health.HEARTBEAT_KEY))


def _within(seconds, holds) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


def test_the_shared_worker_runs_the_schedule_by_itself(worker, valkey):
    valkey.delete(health.HEARTBEAT_KEY)
    assert _within(3 * HEARTBEAT_SECONDS, lambda: valkey.exists(health.HEARTBEAT_KEY))
