"""A change of what is agreed judges current values again, rings what newly crosses, closes none."""

import datetime as dt

from observations.actions.readings import move_readings
from observations.amends.corrections import Key
from observations.models import Alert, Bell, Finding, Reading, Standing
from observations.watch import deadlines
from patients.actions.care import prescribe_oxygen, set_limit, set_mode, set_usual
from patients.actions.limits import planned_line
from patients.actions.touch import touch
from tests.observations.conftest import ADMITTED, NOW
from tests.observations.factories import make_set, reading
from tests.patients.factories import make_admission

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
SOON = NOW + 10 * MINUTE


def tighten(admission, by, *, kind="pulse", high=70, at=SOON - MINUTE):
    low = planned_line(admission, kind, at).low
    set_limit(
        admission=admission, kind=kind, low=low, high=high, reason="watch closely", by=by, at=at
    )


def sweep(at=SOON) -> int:
    return deadlines.refresh_changed(at=at)


def rung() -> list[tuple[str, str]]:
    return list(Bell.objects.order_by("rang_at", "pk").values_list("rule", "why"))


def test_a_tightened_limit_rings_for_the_value_that_stands(send, hub, admission, ward_nurse):
    send(make_set(hub, NOW))
    sweep(NOW)
    tighten(admission, ward_nurse)
    assert sweep() == 1
    assert rung() == [("limit:pulse:above", "opened")]
    bell = Bell.objects.get()
    assert (bell.measured_at, bell.rang_at) == (NOW, SOON)
    assert bell.delivery.sent_at is None
    assert bell.batch is not None


def test_it_rings_once_however_often_it_is_looked_at(send, hub, admission, ward_nurse):
    send(make_set(hub, NOW))
    tighten(admission, ward_nurse)
    for minute in range(0, 180, 30):
        touch(admission)
        assert sweep(SOON + minute * MINUTE) == 1
    assert len(rung()) == 1


def test_what_somebody_closed_does_not_ring_again_for_the_same_values(
    send, hub, admission, ward_nurse
):
    send(make_set(hub, NOW, spo2=84))
    Alert.objects.update(closed_at=NOW + MINUTE, closed_by=ward_nurse, outcome=Alert.Outcome.ADVICE)
    set_usual(admission=admission, usual_news2=3, by=ward_nurse, at=SOON)
    sweep()
    assert len(rung()) == 1
    assert not Alert.objects.open().exists()


def test_a_loosened_limit_closes_no_alert(send, hub, admission, ward_doctor):
    send(make_set(hub, NOW, pulse=135))
    before = list(Alert.objects.values())
    set_limit(
        admission=admission,
        kind="pulse",
        low=40,
        high=150,
        reason="in fast atrial fibrillation, rate accepted",
        by=ward_doctor,
        at=SOON - MINUTE,
    )
    sweep()
    assert list(Alert.objects.values()) == before
    assert len(rung()) == 1


def test_scale_one_again_rings_for_a_saturation_that_scale_two_accepted(
    send, hub, admission, ward_doctor
):
    set_mode(
        admission=admission,
        mode="news2_scale2",
        reason="known hypercapnia",
        by=ward_doctor,
        at=ADMITTED + HOUR,
    )
    send(make_set(hub, NOW, spo2=90))
    assert rung() == []
    set_mode(admission=admission, mode="news2_scale1", reason="ruled out", by=ward_doctor, at=SOON)
    sweep()
    assert ("news2", "opened") in rung() or Alert.objects.get().triggers.filter(rule="news2")
    # What was found belongs to the rules of its own instant.
    assert not Finding.objects.filter(rule="news2").exists()


def test_oxygen_prescribed_counts_for_the_score_that_stands(send, hub, admission, ward_nurse):
    send(make_set(hub, NOW, oxygen=None, spo2=92, respiratory_rate=22))
    assert rung() == []
    prescribe_oxygen(admission=admission, litres_per_minute=2, by=ward_nurse, at=SOON)
    sweep()
    assert rung() == [("news2", "opened")]
    assert Bell.objects.get().priority == "urgent"


def test_values_that_no_longer_count_ring_nobody(send, hub, admission, ward_nurse):
    send(make_set(hub, NOW))
    late = NOW + 48 * HOUR
    tighten(admission, ward_nurse, at=late - MINUTE)
    assert sweep(late) == 1
    assert rung() == []


def test_only_the_newest_value_of_a_kind_is_judged_again(send, hub, admission, ward_nurse):
    send(make_set(hub, NOW - HOUR, pulse=80))
    send([reading(hub, "pulse", 60, NOW)])
    tighten(admission, ward_nurse)
    sweep()
    assert rung() == []


def test_the_clock_of_the_gateway_is_known_when_values_are_judged_again(
    send, hub, admission, ward_nurse
):
    slow = 20 * HOUR
    send(make_set(hub, NOW - slow), sent_at=NOW - slow)
    tighten(admission, ward_nurse)
    sweep()
    assert rung() == [("limit:pulse:above", "opened")]


def test_what_was_measured_before_a_change_and_arrives_after_it_is_judged_by_both(
    send, hub, admission, ward_nurse
):
    sweep(NOW)
    tighten(admission, ward_nurse, at=NOW + MINUTE)
    sweep(NOW + MINUTE)
    send(make_set(hub, NOW), at=NOW + 2 * MINUTE)
    assert rung() == [("limit:pulse:above", "opened")]


def test_a_loosening_that_runs_out_judges_again_by_itself(send, hub, admission, ward_doctor):
    ends = NOW + HOUR
    set_mode(
        admission=admission, mode="limits_only", reason="team's choice", by=ward_doctor, at=ADMITTED
    )
    set_limit(
        admission=admission,
        kind="pulse",
        low=40,
        high=150,
        reason="rate accepted",
        by=ward_doctor,
        expires_at=ends,
        at=ADMITTED + HOUR,
    )
    send([reading(hub, "pulse", 140, NOW)])
    sweep(NOW)
    assert rung() == []
    assert Standing.objects.get(pk=admission.pk).plan_changes_at == ends
    assert sweep(ends - MINUTE) == 0
    assert sweep(ends) == 1
    assert sweep(ends) == 0
    assert rung() == [("limit:pulse:above", "opened")]


def test_a_discharged_patients_change_rings_nobody(send, hub, admission, ward_nurse):
    from django.db.models import F

    from patients.models import Admission

    send(make_set(hub, NOW))
    tighten(admission, ward_nurse)
    Admission.objects.filter(pk=admission.pk).update(
        discharged_at=SOON, destination="home", discharged_by=F("admitted_by")
    )
    deadlines.refresh([admission.pk], at=SOON)
    assert rung() == []


def test_a_reading_moved_to_its_patient_rings_for_them(send, hub, admission, ward_nurse):
    second = make_admission(ward=admission.ward, at=ADMITTED)
    send(make_set(hub, NOW, spo2=84))
    keys = [
        Key(r.device_id, r.sender_id, r.measured_at, r.admission_id) for r in Reading.objects.all()
    ]
    move_readings(
        keys=keys, admission=admission, to=second, reason="wrong wearer", by=ward_nurse, at=SOON
    )
    assert Alert.objects.get(admission=second).triggers.filter(rule="news2").exists()
    assert Alert.objects.filter(admission=admission).count() == 1
