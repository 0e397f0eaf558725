"""What a correction makes of readings rings for whose they truly are."""

import datetime as dt

import pytest

from observations.actions.readings import move_readings, strike_readings
from observations.amends.corrections import Key
from observations.models import Alert, Bell, Reading, Trigger
from tests.observations.conftest import ADMITTED, NOW
from tests.observations.factories import make_set
from tests.patients.factories import make_admission

MINUTE = dt.timedelta(minutes=1)
ILL = {"respiratory_rate": 26, "spo2": 90, "pulse": 135, "systolic": 95}


@pytest.fixture
def second(admission):
    return make_admission(ward=admission.ward, at=ADMITTED)


def keys_at(measured_at: dt.datetime) -> list[Key]:
    found = Reading.objects.filter(measured_at=measured_at)
    return [Key(r.device_id, r.sender_id, r.measured_at, r.admission_id) for r in found]


def moved(admission, second, by, *, measured_at=NOW, at=NOW + 2 * MINUTE) -> int:
    return move_readings(
        keys=keys_at(measured_at),
        admission=admission,
        to=second,
        reason="wrong wearer",
        by=by,
        at=at,
    )


def emergencies(admission) -> int:
    return Bell.objects.filter(alert__admission=admission, priority="emergency").count()


def test_readings_moved_to_their_true_patient_ring_there(send, hub, admission, second, ward_nurse):
    send(make_set(hub, NOW, **ILL))
    assert moved(admission, second, ward_nurse) == 7
    assert emergencies(second) == 1
    assert Alert.objects.get(admission=second).opened_at == NOW + 2 * MINUTE


def test_an_old_run_that_is_moved_rings_nobody(send, hub, admission, second, ward_nurse):
    send(make_set(hub, NOW - dt.timedelta(days=2), **ILL), at=NOW)
    send(make_set(hub, NOW))
    moved(admission, second, ward_nurse, measured_at=NOW - dt.timedelta(days=2))
    assert not Bell.objects.filter(alert__admission=second).exists()


def test_what_was_hidden_behind_anothers_readings_rings(send, hub, admission, second, ward_nurse):
    own = NOW - 10 * MINUTE
    send([*make_set(hub, own, **ILL), *make_set(hub, NOW, **ILL)])
    moved(admission, second, ward_nurse)
    rung = Bell.objects.filter(alert__admission=admission, rang_at=NOW + 2 * MINUTE)
    assert rung.exclude(why="wrong_patient").get().measured_at == own
    assert Trigger.objects.get(alert__admission=admission, rule="news2").wrong_patient_at is None


def test_what_was_closed_rings_not_anew_for_a_reading_struck(send, hub, admission, ward_nurse):
    send(make_set(hub, NOW, **ILL))
    Alert.objects.update(closed_at=NOW, closed_by=ward_nurse, outcome="visit")
    chosen = [key for key in keys_at(NOW) if _kind(key) == 7]
    strike_readings(admission=admission, keys=chosen, reason="slip", by=ward_nurse, at=NOW + MINUTE)
    assert Bell.objects.count() == 1


def test_moving_nothing_changes_nothing(admission, second, ward_nurse):
    assert moved(admission, second, ward_nurse) == 0


def _kind(key: Key) -> int:
    return Reading.objects.get(sender_id=key.sender_id, measured_at=key.measured_at).kind
