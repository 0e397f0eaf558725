"""A reading posted over HTTP is stored by a real worker, woken through a real broker."""

import time

import pytest
from django.utils import timezone

from observations.models import Heartbeat, Receipt
from observations.watch import standing
from tests.observations.factories import make_gateway, make_held_hub, make_key, make_set, post
from tests.patients.factories import make_admission, make_clinician

PATIENCE_SECONDS = 30


def wait_for(happened) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


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
