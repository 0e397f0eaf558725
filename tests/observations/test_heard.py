"""When keys and kit were last heard of: told by the drain, at most once a minute a row."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from observations.draining import drain, heard
from observations.intake import inbox
from observations.models import Device, DeviceKey
from tests.capacity.factories import make_provider
from tests.observations.conftest import ADMITTED, NOW
from tests.observations.factories import (
    body_of,
    make_gateway,
    make_held_hub,
    make_key,
    make_set,
    reading,
)
from tests.patients.factories import make_admission, make_clinician

MINUTE = dt.timedelta(minutes=1)
SECOND = dt.timedelta(seconds=1)


def last_heard(hub) -> dt.datetime | None:
    return Device.objects.get(pk=hub.pk).last_heard_at


def test_a_reading_tells_when_its_kit_and_its_key_were_heard(send, hub):
    assert last_heard(hub) is None
    send([reading(hub, "pulse", 70, NOW - MINUTE)])
    assert last_heard(hub) == NOW
    assert DeviceKey.objects.get().last_used_at == NOW


def test_a_heartbeat_uses_the_key_and_says_nothing_of_kit(send, hub):
    send([])
    assert last_heard(hub) is None
    assert DeviceKey.objects.get().last_used_at == NOW


def test_within_a_minute_nothing_is_written_again(send, hub):
    send([reading(hub, "pulse", 70, NOW)])
    send([reading(hub, "pulse", 71, NOW + 59 * SECOND)], at=NOW + 59 * SECOND)
    assert (last_heard(hub), DeviceKey.objects.get().last_used_at) == (NOW, NOW)
    later = NOW + 61 * SECOND
    send([reading(hub, "pulse", 72, later)], at=later)
    assert (last_heard(hub), DeviceKey.objects.get().last_used_at) == (later, later)


def test_a_repeated_reading_shows_life_too(send, hub):
    again = reading(hub, "pulse", 70, NOW)
    send([again])
    send([again], at=NOW + 5 * MINUTE)
    assert last_heard(hub) == NOW + 5 * MINUTE


def test_a_strangers_upload_says_nothing_of_the_device_that_it_names(hub):
    stranger = make_key(make_gateway(make_provider("RX1", name="Another Trust")))
    inbox.accept(key=stranger, body=body_of([reading(hub, "pulse", 70, NOW)]), at=NOW)
    drain.drain_all(at=NOW)
    assert last_heard(hub) is None


def test_many_uploads_ask_no_more_than_one(key, admission, ward_nurse):
    hubs = [make_held_hub(admission, by=ward_nurse, at=ADMITTED) for _ in range(4)]

    def cost(uploads: int) -> int:
        for number in range(uploads):
            at = NOW + number * MINUTE
            inbox.accept(key=key, body=body_of(make_set(hubs[number % 4], at)), at=NOW)
        with CaptureQueriesContext(connection) as caught:
            drain.drain_once(at=NOW)
        return len(caught)

    assert cost(1) > 0  # staging tables are made on a connection's first use
    few = cost(2)
    assert cost(8) <= few + 3  # a slot may be filled, and is written then


@pytest.mark.django_db(transaction=True)
def test_what_another_worker_has_locked_is_left_to_the_next_batch():
    admission = make_admission(at=ADMITTED)
    hub = make_held_hub(admission, by=make_clinician(admission.ward), at=ADMITTED)
    locked, done = threading.Event(), threading.Event()

    def other_worker() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM observations_device WHERE id = %s FOR SHARE", [hub.pk])
            locked.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=other_worker)
    thread.start()
    locked.wait(10)
    try:
        with transaction.atomic():
            heard.note_devices([(hub.pk, NOW, 0)])
        assert last_heard(hub) is None
    finally:
        done.set()
        thread.join()
    heard.note_devices([(hub.pk, NOW, 0)])
    assert last_heard(hub) == NOW
