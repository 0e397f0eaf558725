"""What moves a standing: a score, and neither the scales nor a gap."""

import datetime as dt

from observations.actions.readings import strike_readings
from observations.actions.reviews import note_review
from observations.amends.corrections import Key
from observations.models import Bell, Reading, Standing
from patients.models import MonitoringMode
from tests.observations.conftest import NOW
from tests.observations.factories import make_set, reading

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
ILL = {"respiratory_rate": 26, "spo2": 90, "pulse": 135, "systolic": 95}


def shown(admission) -> tuple[object, ...]:
    now = Standing.objects.get(pk=admission.pk)
    return now.measured_at, now.response, now.unreviewed_response


def test_a_weight_after_the_set_silences_no_emergency(send, hub, admission):
    weight = reading(hub, "weight", 81, NOW + 2 * MINUTE)
    send([*make_set(hub, NOW, **ILL), weight], at=NOW + 3 * MINUTE)
    assert shown(admission) == (NOW, "high", "high")
    assert Bell.objects.get().priority == "emergency"


def test_stepping_on_the_scales_takes_a_reviewed_patient_not_down(send, hub, admission):
    send(make_set(hub, NOW, **ILL))
    note_review(admission=admission, at=NOW + MINUTE)
    send([reading(hub, "weight", 81, NOW + 2 * MINUTE)], at=NOW + 2 * MINUTE)
    now = Standing.objects.get(pk=admission.pk)
    assert (now.measured_at, now.response) == (NOW, "high")
    assert now.last_reading_at == NOW + 2 * MINUTE


def test_a_late_weight_leaves_the_score_where_it_is(send, hub, admission):
    send(make_set(hub, NOW, **ILL))
    send([reading(hub, "weight", 81, NOW - HOUR)], at=NOW + MINUTE)
    assert shown(admission) == (NOW, "high", "high")


def test_where_nothing_is_scored_every_reading_moves_the_standing(send, hub, admission):
    MonitoringMode.objects.filter(admission=admission).update(mode="limits_only")
    send(make_set(hub, NOW))
    send([reading(hub, "weight", 81, NOW + MINUTE)], at=NOW + MINUTE)
    assert shown(admission) == (NOW + MINUTE, "", "")


def test_a_correction_finds_a_score_behind_days_of_weights(send, hub, admission, ward_nurse):
    taken = NOW - 69 * HOUR
    send(make_set(hub, taken, **ILL), at=taken)
    send([reading(hub, "weight", 81, NOW)])
    strike(admission, ward_nurse, kind_at=NOW)
    assert shown(admission) == (taken, "high", "high")


def test_a_correction_forgets_no_score_that_the_newest_is_compared_with(
    send, hub, admission, ward_nurse
):
    send(make_set(hub, NOW - 60 * HOUR, pulse=95))
    send([*make_set(hub, NOW), reading(hub, "weight", 81, NOW + MINUTE)], at=NOW + MINUTE)
    strike(admission, ward_nurse, kind_at=NOW + MINUTE)
    now = Standing.objects.get(pk=admission.pk)
    assert (now.measured_at, now.previous_total, now.previous_at) == (NOW, 1, NOW - 60 * HOUR)


def test_a_partial_set_lowers_no_last_response(send, hub, admission):
    send(make_set(hub, NOW - 2 * HOUR, **ILL), at=NOW - 2 * HOUR)
    send([reading(hub, "spo2", 84, NOW)])
    assert shown(admission) == (NOW, "medium", "high")


def test_a_partial_set_raises_the_last_response(send, hub, admission):
    send(make_set(hub, NOW - 2 * HOUR), at=NOW - 2 * HOUR)
    send([reading(hub, "spo2", 84, NOW)])
    assert shown(admission) == (NOW, "low_medium", "low_medium")


def test_late_data_lowers_no_last_response(send, hub, admission):
    send(make_set(hub, NOW - 2 * HOUR, **ILL), at=NOW - 2 * HOUR)
    send([reading(hub, "spo2", 84, NOW)])
    send([reading(hub, "pulse", 72, NOW - 30 * MINUTE)], at=NOW + MINUTE)
    assert shown(admission)[2] == "high"


def test_a_complete_score_lowers_the_last_response(send, hub, admission):
    send(make_set(hub, NOW - HOUR, **ILL), at=NOW - HOUR)
    send(make_set(hub, NOW))
    assert shown(admission) == (NOW, "low", "low")


def strike(admission, by, *, kind_at: dt.datetime) -> None:
    row = Reading.objects.get(admission_id=admission.pk, measured_at=kind_at)
    key = Key(row.device_id, row.sender_id, row.measured_at, admission.pk)
    strike_readings(admission=admission, keys=[key], reason="typing", by=by, at=NOW)
