"""The sweeps lock as the drain does, admissions first, and one deadlock stops nothing else."""

import datetime as dt

from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from observations.actions.devices import correct_holding, issue_device, return_device
from observations.actions.tray import assign
from observations.alerting import ladders
from observations.draining import drain
from observations.draining.store import store
from observations.intake import inbox
from observations.models import Alert, DueTime, Holding, Receipt
from observations.watch import deadlines
from tests.observations.conftest import ADMITTED, NOW
from tests.observations.factories import body_of, make_set, make_unclaimed, reading
from tests.patients.factories import make_admission


def statements(work) -> list[str]:
    with CaptureQueriesContext(connection) as caught:
        work()
    return [query["sql"] for query in caught.captured_queries]


def first(told: list[str], *words: str) -> int:
    return next(n for n, sql in enumerate(told) if all(word in sql for word in words))


def test_the_sweep_locks_admissions_before_it_writes(admission):
    deadlines.refresh_changed(at=ADMITTED)
    passed = DueTime.objects.order_by("next_deadline_at")[0].next_deadline_at
    assert passed is not None
    told = statements(lambda: deadlines.sweep(at=passed))
    locked = first(told, "patients_admission", "FOR NO KEY UPDATE")
    assert locked < first(told, "UPDATE observations_duetime")
    assert locked < first(told, 'UPDATE "observations_standing"')


def test_changed_plans_are_taken_up_for_a_few_patients_at_a_time(admission, monkeypatch):
    """Of a new pathway's every patient at once, a batch of readings would wait for all."""
    make_admission(ward=admission.ward, at=ADMITTED)
    monkeypatch.setattr(deadlines, "_LOCKED", 1)
    told = statements(lambda: deadlines.refresh_changed(at=ADMITTED))
    assert sum("FOR NO KEY UPDATE" in sql for sql in told) == 2


def test_a_ladder_locks_its_patient_before_the_alert(send, hub):
    send(make_set(hub, NOW, spo2=84, pulse=135, systolic=88))
    due = Alert.objects.get().next_step_at
    assert due is not None
    told = statements(lambda: ladders.climb_due(at=due))
    locked = first(told, "patients_admission", "FOR NO KEY UPDATE")
    assert locked < first(told, 'UPDATE "observations_alert"')


def custody_changes(hub, admission, by):
    """All that may store what lies in the tray, or take it there."""
    hour = dt.timedelta(hours=1)
    held = Holding.objects.get()
    yield lambda: correct_holding(
        holding=held, starts=ADMITTED + hour, ends=None, reason="Delivered later", by=by, at=NOW
    )
    now_held = Holding.objects.believed().get()
    yield lambda: return_device(holding=now_held, by=by, at=NOW - hour)
    waiting = [make_unclaimed(admission, measured_at=NOW, serial=hub.serial, device_id=hub.pk)]
    yield lambda: assign(readings=waiting, admission=admission, reason="His", by=by, at=NOW)
    yield lambda: issue_device(device=hub, admission=admission, by=by, at=NOW)


def test_custody_waits_for_retractions_before_it_holds_a_device(hub, admission, ward_nurse):
    """Who corrects readings over FHIR holds that lock while waiting for devices."""
    for change in custody_changes(hub, admission, ward_nurse):
        told = statements(change)
        device = first(told, 'FROM "observations_device"', "FOR UPDATE")
        assert first(told, "pg_advisory_xact_lock_shared") < device


def test_a_deadlock_in_one_upload_leaves_it_and_tries_the_rest(key, hub, monkeypatch):
    unlucky = inbox.accept(key=key, body=body_of([reading(hub, "pulse", 70, NOW)]), at=NOW).receipt
    lucky = inbox.accept(key=key, body=body_of([reading(hub, "spo2", 97, NOW)]), at=NOW).receipt

    def deadlocked(uploads, *, at):
        if any(upload.receipt == unlucky for upload in uploads):
            raise OperationalError("deadlock detected")
        return store(uploads, at=at)

    monkeypatch.setattr(drain, "store", deadlocked)
    drain.drain_once(at=NOW)
    assert list(Receipt.objects.values_list("pk", flat=True)) == [lucky]
    monkeypatch.setattr(drain, "store", store)
    drain.drain_once(at=NOW)
    assert Receipt.objects.filter(pk=unlucky).exists()
