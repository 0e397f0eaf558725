"""Which uploads a batch takes, and when a few of them wait for more."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from observations.draining import claiming, drain
from observations.draining.claiming import Claimed
from observations.models import Inbox, Reading
from tests.observations.conftest import NOW
from tests.observations.factories import make_set

SECOND = dt.timedelta(seconds=1)
LONG = 60.0


def claim(limit=1000):
    claimed = Claimed()
    with transaction.atomic():
        claimed.fill(limit)
    return claimed


def came(ago):
    Inbox.objects.update(received_at=timezone.now() - ago)


@pytest.fixture
def upload(send, hub):
    """One of seven readings, measured lately, that waits."""
    send(make_set(hub, timezone.now()), drained=False)
    came(SECOND)


def test_a_batch_claims_hardly_more_than_it_takes(send, hub, monkeypatch):
    """What one worker has locked no other can take: at a hundred readings an upload the second
    worker found nothing to do."""
    monkeypatch.setattr(claiming, "READINGS", 15)
    monkeypatch.setattr(claiming, "_FIRST", 2)
    for minutes in range(9):
        send(make_set(hub, NOW - dt.timedelta(minutes=minutes)), drained=False)
    claimed = claim()
    assert len(claimed.sound) == 3
    assert claimed.doubtful == []


def test_a_few_uploads_wait_for_more_until_they_are_old(upload):
    claimed = claim()
    assert claimed.waits_for_more(1) == 0
    assert 0 < claimed.waits_for_more(3) < 2


def test_what_makes_a_batch_does_not_wait(upload, monkeypatch):
    monkeypatch.setattr(claiming, "_FEW", 7)
    assert claim().waits_for_more(LONG) == 0


def test_what_failed_before_does_not_wait(upload):
    Inbox.objects.update(attempts=1)
    assert claim().waits_for_more(LONG) == 0


def test_an_upload_from_the_future_does_not_wait(upload):
    """The database's clock was set back: it would wait for as long as that."""
    came(-SECOND)
    assert claim().waits_for_more(LONG) == 0


def test_a_batch_that_waits_leaves_its_uploads_to_everybody(upload):
    done = drain.drain_once(gather=LONG)
    assert (done.uploads, done.failed) == (0, 0)
    assert done.wait > LONG - 2
    assert drain.drain_once().uploads == 1


def test_those_that_wait_are_stored_in_the_same_run(upload):
    came(dt.timedelta(0))
    assert drain.drain_all(gather=0.05).uploads == 1
    assert Reading.objects.count() == 7
