"""The sweeps lock as the drain does, admissions first, and one deadlock stops nothing else."""

from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from observations.alerting import ladders
from observations.draining import drain
from observations.draining.store import store
from observations.intake import inbox
from observations.models import Alert, DueTime, Receipt
from observations.watch import deadlines
from tests.observations.conftest import ADMITTED, NOW
from tests.observations.factories import body_of, make_set, reading
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
