"""Time alone makes things due, late, silent and stale; and a worker that stopped is seen."""

import datetime as dt

import pytest
from django.utils import timezone

from observations import tasks
from observations.alerting import deliveries, ladders, repeats
from observations.draining import drain
from observations.intake import inbox
from observations.models import (
    Alert,
    Bell,
    BellDelivery,
    DueTime,
    Heartbeat,
    Inbox,
    Receipt,
    Standing,
)
from observations.watch import batteries, deadlines, gateways, standing
from patients.actions.care import set_pause
from patients.actions.limits import set_limit, set_times
from patients.actions.touch import touch
from patients.models import PlanLine
from tests.observations.conftest import ADMITTED, NOW
from tests.observations.factories import body_of, make_set, reading

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


def version(admission) -> int:
    return Standing.objects.get(pk=admission.pk).version


def test_a_patient_who_never_sent_anything_has_due_times_all_the_same(admission):
    assert deadlines.refresh_changed(at=NOW) == 1
    planned = set(PlanLine.objects.filter(admission=admission).exclude(times=[], every_hours=None))
    assert DueTime.objects.filter(admission=admission).count() == len(planned) > 0
    assert deadlines.refresh_changed(at=NOW) == 0


def test_each_moment_moves_the_board_once(admission):
    deadlines.refresh_changed(at=ADMITTED)
    row = DueTime.objects.filter(admission=admission).order_by("next_deadline_at")[0]
    passed = row.next_deadline_at
    assert passed is not None
    before = version(admission)
    assert deadlines.sweep(at=passed) == 1
    assert version(admission) == before + 1
    assert deadlines.sweep(at=passed) == 0
    assert version(admission) == before + 1


def test_due_late_silent_and_stale_follow_each_other(send, hub, admission):
    send(make_set(hub, NOW))
    row = DueTime.objects.filter(admission=admission)[0]
    moments = [at for at in (row.due_at, row.late_at, row.silent_at) if at is not None]
    assert len(moments) == 3
    assert [NOW, *moments] == sorted({NOW, *moments})
    assert row.stale_at is not None
    assert row.stale_at > moments[0]
    assert row.next_deadline_at == row.due_at


def test_a_change_of_plan_moves_the_due_times(send, hub, admission):
    send(make_set(hub, NOW))
    deadlines.refresh_changed(at=NOW)
    PlanLine.objects.filter(admission=admission, kind="pulse").update(times=[], every_hours=4)
    touch(admission)
    assert deadlines.refresh_changed(at=NOW) == 1
    assert DueTime.objects.get(admission=admission, kind=6).due_at == NOW + 4 * HOUR


def test_a_changed_limit_forgives_no_silence(send, hub, admission, ward_nurse):
    send(make_set(hub, NOW))
    rows = DueTime.objects.filter(admission=admission, kind=6)
    before = rows.values_list("due_at", "late_at", "silent_at", "stale_at")[0]
    long_after = NOW + 30 * HOUR
    line = PlanLine.objects.get(admission=admission, kind="pulse")
    for number in (1, 2):
        set_limit(
            admission=admission,
            kind="pulse",
            low=line.low,
            high=(line.high or 0) - number,
            reason="Tighter",
            by=ward_nurse,
            at=long_after + number * HOUR,
        )
        deadlines.refresh_changed(at=long_after + number * HOUR)
        after = rows.values_list("due_at", "late_at", "silent_at", "stale_at")[0]
        assert after == before


def test_changed_times_forgive_no_silence(send, hub, admission, ward_nurse):
    send(make_set(hub, NOW))
    rows = DueTime.objects.filter(admission=admission, kind=6)
    due, silent = rows.values_list("due_at", "silent_at")[0]
    assert silent is not None
    for hours, times in ((1, ["09:00", "21:00"]), (2, ["11:00"])):
        at = silent + hours * HOUR
        set_times(
            admission=admission, kind="pulse", times=times, reason="Asked", by=ward_nurse, at=at
        )
        deadlines.refresh_changed(at=at)
        assert rows.values_list("due_at", "silent_at")[0] == (due, silent)
    after = silent + 3 * HOUR
    send(make_set(hub, after), at=after)
    (owed,) = rows.values_list("due_at", flat=True)
    assert owed is not None
    assert owed > after


def test_a_discharged_patient_owes_nothing(send, hub, admission):
    from django.db.models import F

    from patients.models import Admission

    send(make_set(hub, NOW))
    Admission.objects.filter(pk=admission.pk).update(
        discharged_at=NOW, destination="home", discharged_by=F("admitted_by")
    )
    touch(admission)
    deadlines.refresh([admission.pk], at=NOW)
    assert not DueTime.objects.exists()


def test_after_a_pause_a_patient_becomes_late_and_silent_again(send, hub, admission, ward_nurse):
    send(make_set(hub, NOW))
    ends = NOW + 4 * HOUR
    set_pause(admission=admission, until=ends, reason="Asleep", by=ward_nurse, at=NOW)
    deadlines.refresh_changed(at=NOW)
    row = DueTime.objects.filter(admission=admission, kind=6)
    assert (row[0].due_at, row[0].late_at) == (ends, None)
    assert deadlines.sweep(at=ends) == 1
    due = row[0].due_at
    assert due is not None
    assert due >= ends
    late, silent = row[0].late_at, row[0].silent_at
    assert late is not None
    assert silent is not None
    assert due < late < silent
    before = version(admission)
    assert deadlines.sweep(at=ends) == 0
    assert version(admission) == before


def test_after_a_pause_over_several_slots_silence_is_noticed_too(send, hub, admission, ward_doctor):
    send(make_set(hub, NOW))
    ends = NOW + 30 * HOUR
    set_pause(admission=admission, until=ends, reason="Away", by=ward_doctor, at=NOW)
    deadlines.refresh_changed(at=NOW)
    deadlines.sweep(at=ends)
    row = DueTime.objects.get(admission=admission, kind=6)
    assert row.due_at is not None
    assert row.due_at >= ends
    assert (row.late_at, row.silent_at) == (row.due_at + 30 * MINUTE, row.due_at + 2 * HOUR)


# Ladders and bells


def test_an_alert_that_nobody_owns_climbs_its_ladder(send, hub):
    send(make_set(hub, NOW, spo2=84, pulse=135, systolic=88))
    alert = Alert.objects.get()
    due = alert.next_step_at
    assert due == NOW + 5 * MINUTE
    assert ladders.climb_due(at=due - MINUTE) == 0
    assert ladders.climb_due(at=due) == 1
    assert ladders.climb_due(at=due) == 0
    alert.refresh_from_db()
    assert (alert.step, alert.next_step_at) == (1, due + 10 * MINUTE)
    step = Bell.objects.get(why=Bell.Why.STEP)
    assert step.step == 1
    assert "Nobody owns it" in step.text


def test_the_ladder_ends_at_its_top(send, hub):
    send(make_set(hub, NOW, spo2=84, pulse=135, systolic=88))
    for day in range(1, 6):
        ladders.climb_due(at=NOW + day * 24 * HOUR)
    assert Bell.objects.filter(why=Bell.Why.STEP).count() == 3
    assert Alert.objects.get().next_step_at is None


def test_an_owned_alert_climbs_no_further(send, hub, ward_nurse):
    send(make_set(hub, NOW, spo2=84))
    Alert.objects.update(owner=ward_nurse, owned_at=NOW)
    assert ladders.climb_due(at=NOW + 24 * HOUR) == 0


def test_each_bell_is_sent_once(send, hub):
    send(make_set(hub, NOW, spo2=84))
    assert deliveries.send_waiting(at=NOW) == 1
    assert deliveries.send_waiting(at=NOW) == 0
    delivery = BellDelivery.objects.get()
    assert (delivery.sent_at, delivery.attempts) == (NOW, 1)
    assert "Soar Valley" in delivery.told


# Processing lag


def test_the_lag_is_the_age_of_the_oldest_upload_that_waits(key, hub):
    assert standing.lag(NOW) == dt.timedelta(0)
    inbox.accept(key=key, body=body_of([reading(hub, "pulse", 70, NOW)]), at=NOW)
    inbox.accept(key=key, body=body_of([]), at=NOW + MINUTE)
    assert standing.lag(NOW + 2 * MINUTE) == 2 * MINUTE
    drain.drain_all(at=NOW + 2 * MINUTE)
    assert standing.lag(NOW + 2 * MINUTE) == dt.timedelta(0)


def test_a_worker_that_stopped_is_seen_while_nothing_is_sent(db):
    standing.beat(NOW)
    assert standing.lag(NOW + 90 * MINUTE) == 90 * MINUTE


def test_a_sweep_that_stopped_is_seen_while_the_drain_goes_on(db):
    standing.beat(NOW, standing.SWEEP)
    standing.beat(NOW + 90 * MINUTE)
    assert standing.lag(NOW + 90 * MINUTE) == 90 * MINUTE


def test_the_sweeps_task_shows_life(db):
    tasks.sweep_deadlines()
    beat = Heartbeat.objects.get(name=standing.SWEEP).beat_at
    assert timezone.now() - beat < MINUTE


SWEPT = [
    (gateways, "sweep"),
    (deadlines, "refresh_changed"),
    (deadlines, "sweep"),
    (batteries, "ask"),
    (ladders, "climb_due"),
    (repeats, "ring_due"),
]


@pytest.mark.parametrize("broken", SWEPT)
def test_a_part_of_the_sweep_that_fails_stops_no_other_and_is_seen(db, monkeypatch, broken):
    """A ladder must climb, whatever is wrong with somebody's plan or battery."""
    done = []

    def stand_in(part):
        def sweep(*, at):
            if part == broken:
                raise ZeroDivisionError
            done.append(part)

        return sweep

    for part in SWEPT:
        monkeypatch.setattr(*part, stand_in(part))
    tasks.sweep_deadlines()
    assert done == [part for part in SWEPT if part != broken]
    assert not Heartbeat.objects.filter(name=standing.SWEEP).exists()


def test_fresh_uploads_are_stored_before_a_replayed_buffer(send, key, hub):
    old = [reading(hub, "pulse", 70, NOW - 2 * HOUR)]
    first = inbox.accept(key=key, body=body_of(old), at=NOW).receipt
    second = inbox.accept(key=key, body=body_of([reading(hub, "pulse", 71, NOW)]), at=NOW).receipt
    drain.drain_once(at=NOW, limit=1)
    assert list(Receipt.objects.values_list("pk", flat=True)) == [second]
    drain.drain_all(at=NOW)
    assert Receipt.objects.filter(pk=first).exists()


# Tasks


@pytest.mark.parametrize(
    "task",
    [tasks.drain_inbox, tasks.sweep_deadlines, tasks.send_bells, tasks.keep_partitions],
)
def test_every_task_does_no_harm_when_run_twice(admission, task):
    task()
    task()


def test_the_drains_task_shows_life(db):
    tasks.drain_inbox()
    assert timezone.now() - Heartbeat.objects.get().beat_at < MINUTE


def test_old_receipts_go_and_readings_stay(send, hub):
    from observations.draining import receipts
    from observations.models import Reading

    send([reading(hub, "pulse", 70, NOW)])
    assert receipts.drop(before=NOW) == 0
    assert receipts.drop(before=NOW + MINUTE) == 1
    assert Reading.objects.count() == 1


def test_what_was_taken_back_is_forgotten_when_it_cannot_come_any_more(key, hub):
    from observations.actions.retractions import take_back
    from observations.draining import retractions
    from observations.models import Gateway, Retraction

    never = reading(hub, "pulse", 70, NOW - MINUTE)
    take_back(items=[never], gateway_id=Gateway.objects.get().pk, at=NOW)
    assert retractions.drop(before=NOW) == 0
    parked = inbox.accept(key=key, body=body_of([never]), at=NOW)
    assert retractions.drop(before=NOW + MINUTE) == 0
    Inbox.objects.filter(receipt=parked.receipt).delete()
    assert retractions.drop(before=NOW + MINUTE) == 1
    assert not Retraction.objects.exists()


def test_the_schedule_names_only_tasks_that_exist(settings):
    from vwards.celery import app

    app.loader.import_default_modules()
    named = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert named <= set(app.tasks)
