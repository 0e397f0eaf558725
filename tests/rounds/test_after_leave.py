"""A leave of more than a day asks somebody to take the patient back or to discharge them."""

import datetime as dt

import pytest

from accounts.models import AuditEvent
from patients.actions.admissions import return_from_leave, start_leave
from rounds.actions import after_leave
from rounds.actions.stays import Closing, Closings, discharge_with_open
from rounds.board import board
from rounds.models import Task
from rounds.tasks import ask_after_leave
from tests.patients.factories import make_admission
from tests.races import at_once

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def admission(ward, now):
    return make_admission(ward=ward, at=now - 72 * HOUR)


@pytest.fixture
def leave(admission, ward_nurse, now):
    return away(admission, ward_nurse, now - 25 * HOUR)


def away(admission, by, at):
    return start_leave(
        admission=admission,
        kind="hospital",
        place="LRI, ward 15",
        held_by="Acute medicine",
        expected_back=at + 96 * HOUR,
        bed_held=True,
        by=by,
        at=at,
    )


def test_after_a_day_somebody_is_asked_once(admission, leave, ward_nurse, now):
    assert after_leave.sweep(at=leave.leave.starts + 23 * HOUR) == 0
    assert [after_leave.sweep(at=now) for _ in range(2)] == [1, 0]
    task = Task.objects.get()
    assert (task.kind, task.due_at) == ("leave", leave.leave.starts + 24 * HOUR)
    assert "take back or discharge" in task.text
    assert AuditEvent.objects.get(verb="task-added").by is None


def test_the_board_says_so_though_no_worker_runs(admission, leave, ward, ward_nurse, now):
    before = board(ward, user=ward_nurse, at=leave.leave.starts + 23.9 * HOUR)
    after = board(ward, user=ward_nurse, at=leave.leave.starts + 24.1 * HOUR)
    assert not before.rows[0].away_too_long
    assert after.rows[0].away_too_long
    assert after.rows[0].overdue
    assert before.version != after.version


def test_who_is_back_needs_nobody_asked(admission, leave, ward_doctor, now):
    after_leave.sweep(at=now)
    return_from_leave(detail=leave, by=ward_doctor, at=now)
    assert after_leave.sweep(at=now) == 1
    done = Task.objects.get()
    assert (done.outcome, done.done_by) == ("back from leave", ward_doctor)
    assert after_leave.sweep(at=now) == 0


def test_who_was_done_with_by_hand_is_not_asked_again_about_the_same_leave(
    admission, leave, ward_nurse, now
):
    after_leave.sweep(at=now)
    Task.objects.update(done_at=now, done_by=ward_nurse, ending="done", outcome="Phoned the ward")
    assert after_leave.sweep(at=now) == 0


def test_a_discharge_from_leave_answers_the_task(admission, leave, ward_nurse, now):
    after_leave.sweep(at=now)
    told = Closings(all_tasks=Closing(outcome="Stays in hospital"))
    discharge_with_open(
        admission=admission, destination="hospital", closings=told, by=ward_nurse, at=now
    )
    assert Task.objects.get().ending == "closed"
    assert after_leave.sweep(at=now) == 0


@pytest.mark.django_db(transaction=True)
def test_two_beats_ask_once(ward, now, ward_nurse):
    away(make_admission(ward=ward, at=now - 72 * HOUR), ward_nurse, now - 25 * HOUR)
    answers = at_once(ask_after_leave, ask_after_leave)
    assert answers == [None, None]
    assert Task.objects.count() == 1
