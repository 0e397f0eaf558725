"""Reviews and tasks: who may, what they write, and what they mean for the board."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import AuditEvent
from observations.models import Standing
from patients.actions.admissions import discharge
from rounds.actions.reviews import review
from rounds.actions.tasks import add_task, complete_task
from rounds.board import board
from rounds.models import Review, Task
from tests.patients.factories import make_admission
from tests.rounds.factories import MEDIUM, make_set

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def admission(ward, now):
    return make_admission(at=now - 48 * HOUR)


def _review(admission, by, at, **more):
    return review(admission=admission, kind="nurse", seen="phone", by=by, at=at, **more)


def test_a_review_says_who_saw_the_patient_how_and_what_was_decided(admission, now, ward_nurse):
    written = _review(admission, ward_nurse, now, findings="Brighter.", plan="Stop oxygen.")
    assert (written.by, written.at, written.seen) == (ward_nurse, now, "phone")
    event = AuditEvent.objects.get(verb="reviewed")
    assert (event.by, event.subject_id) == (ward_nurse, str(admission.pk))


def test_after_a_review_a_stale_patient_no_longer_stands_among_the_urgent(
    admission, now, ward, ward_nurse
):
    make_set(admission, MEDIUM, at=now - 9 * HOUR)
    assert board(ward, user=ward_nurse, at=now).rows[0].level == "urgent"
    _review(admission, ward_nurse, now)
    assert board(ward, user=ward_nurse, at=now).rows[0].level == "stale"
    assert Standing.objects.get(pk=admission.pk).unreviewed_response == ""


def test_a_review_written_down_later_does_not_undo_a_newer_one(admission, now, ward_nurse):
    make_set(admission, MEDIUM, at=now - 9 * HOUR)
    _review(admission, ward_nurse, now)
    _review(admission, ward_nurse, now - HOUR)
    assert Standing.objects.get(pk=admission.pk).reviewed_at == now


def test_a_review_moves_the_boards_version(admission, now, ward, ward_nurse):
    before = board(ward, user=ward_nurse, at=now).version
    _review(admission, ward_nurse, now)
    assert board(ward, user=ward_nurse, at=now).version != before


@pytest.mark.parametrize("who", ["other_nurse", "read_only", "icb_manager", "referrer"])
def test_only_those_who_treat_the_patient_review(admission, now, who, request):
    with pytest.raises(PermissionDenied):
        _review(admission, request.getfixturevalue(who), now)
    assert not Review.objects.exists()


def test_nobody_is_reviewed_who_has_left(admission, now, ward_nurse):
    discharge(admission=admission, destination="home", by=ward_nurse, at=now)
    with pytest.raises(ValidationError):
        _review(admission, ward_nurse, now)


def test_a_task_has_its_text_time_and_person(admission, now, ward_nurse, ward_doctor):
    task = add_task(
        admission=admission,
        kind="phone",
        text="Phone the daughter",
        due_at=now + HOUR,
        assigned_to=ward_doctor,
        by=ward_nurse,
        at=now,
    )
    assert (task.assigned_to, task.created_by, task.done_at) == (ward_doctor, ward_nurse, None)
    assert AuditEvent.objects.get(verb="task-added").detail == {"task": str(task.pk)}


def test_a_task_is_done_once_with_its_outcome(admission, now, ward_nurse, ward_doctor):
    task = _task(admission, now, ward_nurse)
    complete_task(task=task, outcome="No answer, left word", by=ward_doctor, at=now)
    with pytest.raises(ValidationError):
        complete_task(task=task, outcome="Spoke to her", by=ward_nurse, at=now)
    done = Task.objects.get()
    assert (done.done_by, done.outcome) == (ward_doctor, "No answer, left word")


def test_tasks_move_the_boards_version(admission, now, ward, ward_nurse):
    versions = [board(ward, user=ward_nurse, at=now).version]
    task = _task(admission, now, ward_nurse)
    versions.append(board(ward, user=ward_nurse, at=now).version)
    complete_task(task=task, outcome="Done", by=ward_nurse, at=now)
    versions.append(board(ward, user=ward_nurse, at=now).version)
    assert len(set(versions)) == 3


@pytest.mark.parametrize("who", ["other_nurse", "read_only", "icb_manager"])
def test_only_those_who_treat_the_patient_set_and_finish_tasks(
    admission, now, who, request, ward_nurse
):
    other = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        _task(admission, now, other)
    task = _task(admission, now, ward_nurse)
    with pytest.raises(PermissionDenied):
        complete_task(task=task, outcome="Done", by=other, at=now)
    assert Task.objects.get().done_at is None


def _task(admission, now, by):
    return add_task(
        admission=admission, kind="phone", text="Phone", due_at=now + HOUR, by=by, at=now
    )
