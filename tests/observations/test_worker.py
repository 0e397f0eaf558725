"""A reading posted over HTTP is stored by a real worker, woken through a real broker."""

import datetime as dt
import time

import pytest
from django.db import connection
from django.utils import timezone

from observations.models import Heartbeat, Receipt
from observations.storage import locks
from observations.storage.locks import Lock
from observations.storage.queries import rows
from observations.watch import standing
from tests.observations.conftest import NOW
from tests.observations.factories import make_gateway, make_held_hub, make_key, make_set, post
from tests.patients.factories import make_admission, make_clinician

PATIENCE_SECONDS = 30
MINUTE = dt.timedelta(minutes=1)


def wait_for(happened) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@pytest.fixture
def pooled(monkeypatch, transactional_db):
    """A session of this test's own, of which nothing is left afterwards."""
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    yield
    connection.close()


def test_behind_a_pooler_the_next_batch_may_go_to_another_session(pooled, send, hub):
    send(make_set(hub, NOW - MINUTE))
    with connection.cursor() as cursor:
        cursor.execute("DISCARD TEMP")
    assert Receipt.objects.get(pk=send(make_set(hub, NOW))).outcomes == [Receipt.Outcome.STORED] * 7


def test_behind_a_pooler_a_task_is_alone_in_a_session_of_its_own(pooled):
    """A lock left in a session that somebody else has now would stop the sweep for ever."""
    with locks.alone(Lock.DEADLINES) as mine, locks.alone(Lock.DEADLINES) as another:
        assert (mine, another) == (True, False)
        ((holder, ours),) = rows(
            "SELECT pid, pg_backend_pid() FROM pg_locks WHERE locktype = 'advisory' AND objid = %s",
            [Lock.DEADLINES],
        )
        assert holder != ours
    with locks.alone(Lock.DEADLINES) as mine:
        assert mine


@pytest.mark.django_db(transaction=True)
def test_the_worker_stores_what_is_posted_and_shows_that_it_lives(worker):
    admission = make_admission()
    hub = make_held_hub(admission, by=make_clinician(admission.ward))
    key = make_key(make_gateway(hub.provider))
    answer = post(key, make_set(hub, timezone.now()))
    assert answer.status_code == 202
    wait_for(Receipt.objects.filter(pk=answer.json()["receipt"]).exists)
    assert set(Receipt.objects.get().outcomes) == {Receipt.Outcome.STORED}
    wait_for(Heartbeat.objects.filter(name=standing.DRAIN).exists)
