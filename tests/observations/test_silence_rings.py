"""A silence rings once a patient, for each device apart, and again while nobody acts."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from observations.actions.alerts import act, close
from observations.alerting import repeats
from observations.models import Alert, Bell, DueTime, Standing
from observations.watch import deadlines
from patients.actions.care import set_pause
from patients.actions.modes import set_mode
from patients.models import PlanLine
from tests.observations.conftest import ADMITTED, NOW
from tests.observations.factories import make_held_hub, make_set
from tests.patients.factories import make_admission
from tests.races import at_once

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
CUFF = ("systolic", "diastolic")
REST = ("respiratory_rate", "spo2", "oxygen", "pulse", "consciousness", "temperature")


@pytest.fixture
def four_hourly(admission):
    """The seven, every four hours: due at 16:00, late 16:30, silent 18:00."""
    PlanLine.objects.filter(admission=admission).update(times=[], every_hours=4)
    PlanLine.objects.filter(admission=admission, kind__in=("weight", "glucose")).delete()
    return admission


def sweep_until(at, since=NOW, step=20 * MINUTE):
    """The worker, every twenty minutes."""
    moment = since
    while moment <= at:
        _sweep(moment)
        moment += step
    _sweep(at)


def _sweep(at):
    deadlines.refresh_changed(at=at)
    deadlines.sweep(at=at)
    repeats.ring_due(at=at)


def rung() -> list[tuple[str, str, dt.datetime]]:
    return list(Bell.objects.order_by("rang_at").values_list("why", "text", "rang_at"))


def test_a_patient_who_stops_rings_once_when_silent_and_not_before(send, hub, four_hourly):
    send(make_set(hub, NOW))
    sweep_until(NOW + 6 * HOUR - 10 * MINUTE)
    assert rung() == []
    sweep_until(NOW + 6 * HOUR + 40 * MINUTE, since=NOW + 6 * HOUR)
    ((why, text, at),) = rung()
    assert (why, at) == ("opened", NOW + 6 * HOUR)
    assert text.startswith("Silent: ")
    assert text.endswith(", due 16:00")
    alert = Alert.objects.get()
    assert (alert.admission, alert.priority, alert.kind) == (four_hourly, "prompt", "patient")


def test_while_nobody_acts_it_rings_again_after_its_ladder(send, hub, four_hourly):
    send(make_set(hub, NOW))
    sweep_until(NOW + 7 * HOUR)
    Alert.objects.update(next_step_at=None)
    sweep_until(NOW + 7 * HOUR + 10 * MINUTE, since=NOW + 7 * HOUR)
    assert [why for why, _, _ in rung()] == ["opened", "still"]


def test_a_silence_of_days_says_since_which_day(send, hub, four_hourly, ward_nurse):
    send(make_set(hub, NOW))
    sweep_until(NOW + 7 * HOUR)
    close(alert=Alert.objects.get(), outcome="advice", by=ward_nurse, at=NOW + 7 * HOUR)
    sweep_until(NOW + 20 * HOUR, since=NOW + 8 * HOUR)
    assert rung()[-1][1] == "Silent: 7 kinds, due Sat 16:00"


def test_what_was_heard_again_rings_no_more(send, hub, four_hourly):
    send(make_set(hub, NOW))
    sweep_until(NOW + 6 * HOUR)
    send(make_set(hub, NOW + 6 * HOUR + MINUTE), at=NOW + 6 * HOUR + MINUTE)
    Alert.objects.update(next_step_at=None)
    sweep_until(NOW + 10 * HOUR, since=NOW + 6 * HOUR + MINUTE)
    assert len(rung()) == 1


def test_a_closed_silence_rings_anew_with_the_next_missed_set(send, hub, four_hourly, ward_nurse):
    send(make_set(hub, NOW))
    sweep_until(NOW + 6 * HOUR)
    close(alert=Alert.objects.get(), outcome="no_change", by=ward_nurse, at=NOW + 6 * HOUR + MINUTE)
    sweep_until(NOW + 11 * HOUR, since=NOW + 6 * HOUR + 10 * MINUTE)
    assert len(rung()) == 1
    sweep_until(NOW + 12 * HOUR + 10 * MINUTE, since=NOW + 11 * HOUR)
    assert [why for why, _, _ in rung()] == ["opened", "opened"]


def test_a_siblings_silence_rings_for_itself(send, admission, four_hourly, ward_nurse):
    oximeter = make_held_hub(admission, by=ward_nurse, at=ADMITTED, kinds=REST)
    cuff = make_held_hub(admission, by=ward_nurse, at=ADMITTED, kinds=CUFF)
    send([*make_set(oximeter, NOW, systolic=None), make_set(cuff, NOW)[3]])
    for hours in (4, 8, 12):
        at = NOW + hours * HOUR
        sweep_until(at, since=at - 4 * HOUR + MINUTE)
        send(make_set(oximeter, at, systolic=None), at=at)
    first = rung()[0][1]
    assert first.startswith("Silent: Systolic")
    assert "SpO2" not in first
    act(alert=Alert.objects.get(), text="Called", by=ward_nurse, at=NOW + 12 * HOUR + MINUTE)
    before = len(rung())
    sweep_until(NOW + 18 * HOUR + 10 * MINUTE, since=NOW + 18 * HOUR)
    told = rung()[before:]
    assert told
    assert told[0][1].startswith("Silent: 7 kinds")


def test_who_is_paused_or_only_comforted_rings_not(send, hub, four_hourly, ward_nurse, ward_doctor):
    send(make_set(hub, NOW))
    set_pause(admission=four_hourly, until=NOW + 10 * HOUR, reason="Asleep", by=ward_nurse, at=NOW)
    sweep_until(NOW + 9 * HOUR)
    assert rung() == []
    set_mode(admission=four_hourly, mode="comfort", reason="Comfort", by=ward_doctor, at=NOW)
    sweep_until(NOW + 20 * HOUR, since=NOW + 9 * HOUR, step=HOUR)
    assert rung() == []


def test_sweeps_that_were_missed_are_caught_up_with_one_ring(send, hub, four_hourly):
    send(make_set(hub, NOW))
    late = NOW + 9 * HOUR
    deadlines.refresh_changed(at=late)
    deadlines.sweep(at=late)
    deadlines.sweep(at=late)
    assert [at for _, _, at in rung()] == [late]


def test_who_was_discharged_owes_nothing_and_rings_not(send, hub, four_hourly):
    from django.db.models import F

    from patients.models import Admission

    send(make_set(hub, NOW))
    Admission.objects.update(
        discharged_at=NOW + HOUR, destination="home", discharged_by=F("admitted_by")
    )
    sweep_until(NOW + 9 * HOUR)
    assert rung() == []
    assert not DueTime.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_ring_once(send, hub, four_hourly):
    send(make_set(hub, NOW))
    deadlines.refresh_changed(at=NOW)
    assert set(at_once(*[lambda: deadlines.sweep(at=NOW + 6 * HOUR)] * 2)) == {0, 1}
    assert len(rung()) == 1


def test_the_sweep_is_one_indexed_query(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO observations_duetime (admission_id, kind, next_deadline_at) "
            "SELECT gen_random_uuid(), 1, %s + n * interval '1 second' "
            "FROM generate_series(1, 20000) AS n",
            [NOW],
        )
        cursor.execute("ANALYZE observations_duetime")
        cursor.execute("EXPLAIN " + deadlines.PASSED, [NOW + 5 * MINUTE, 500])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "observations_duetime_next_deadline_at" in plan
    assert "Seq Scan" not in plan


def test_the_boards_standing_moves_when_it_rings(send, hub, four_hourly):
    send(make_set(hub, NOW))
    deadlines.refresh_changed(at=NOW)
    before = Standing.objects.get().version
    deadlines.sweep(at=NOW + 6 * HOUR)
    assert Standing.objects.get().version > before


def test_a_sweep_of_many_silent_patients_asks_as_often_as_one_of_few(hub, ward_nurse, admission):
    """Most of a country falls due at one moment."""
    few = _statements_of_a_sweep([admission], ward_nurse)
    many = _statements_of_a_sweep(
        [make_admission(ward=admission.ward, over_capacity="full", at=ADMITTED) for _ in range(6)],
        ward_nurse,
    )
    assert Alert.objects.open().count() == 7
    assert many == few


def _statements_of_a_sweep(admissions, nurse) -> int:
    """In which all of them fall silent."""
    for one in admissions[1:]:
        make_held_hub(one, by=nurse, at=ADMITTED)
    deadlines.refresh([one.pk for one in admissions], at=ADMITTED)
    DueTime.objects.filter(admission__in=admissions).update(silent_at=NOW, next_deadline_at=NOW)
    with CaptureQueriesContext(connection) as asked:
        assert deadlines.sweep(at=NOW) == len(admissions)
    return len(asked)
