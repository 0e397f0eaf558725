"""Leaving with nothing left open: what ends with an admission ends in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEvent, User
from capacity.actions.locks import lock_ward
from capacity.models.stays import Destination
from observations.actions import alerts, departures
from observations.actions.devices import want_back
from observations.actions.prompts import finish_prompts_of
from observations.models import Alert
from patients.actions import admissions
from patients.models import Admission
from rounds.actions.experience import Told, record_experience
from rounds.actions.tasks import complete_task, hand_over_task, reopen_task
from rounds.models import Task

# Nobody is to be called, reminded or sent a message about these from that moment on: they need
# one outcome for all that was open.
AT_ONCE: Final = frozenset({Destination.DIED, Destination.HOSPITAL, Destination.ENTERED_IN_ERROR})
CLOSED: Final = "departure-closed"
"""The verb of the audit row that says what a departure closed, so that it can be taken back."""


@dataclass(frozen=True, slots=True)
class Closing:
    """What becomes of one open task: done with an outcome, or handed to somebody named."""

    outcome: str = ""
    handed_to: str = ""

    @property
    def says_nothing(self) -> bool:
        return not (self.outcome.strip() or self.handed_to.strip())


@dataclass(frozen=True, slots=True)
class Closings:
    """One answer for the open alert, and one for each open task, by its id.

    `all_tasks` answers every task at once: death and emergency transfer ask for one outcome.
    """

    alert_outcome: str = Alert.Outcome.PATIENT_LEFT
    alert_note: str = ""
    tasks: Mapping[UUID, Closing] = field(default_factory=dict)
    all_tasks: Closing | None = None

    def of(self, task: Task) -> Closing:
        return self.tasks.get(task.pk) or self.all_tasks or Closing()


@transaction.atomic
def discharge_with_open(
    *,
    admission: Admission,
    destination: str,
    by: User,
    closings: Closings | None = None,
    experience: Told | None = None,
    left_at: dt.datetime | None = None,
    at: dt.datetime | None = None,
    **more: Any,
) -> Admission:
    """Close or hand over all that is open, want the kit back, free the bed: all or nothing.

    `left_at` is when the patient left, `at` when that is written down. `more` goes to
    `patients.actions.admissions.discharge`. Raises ValidationError: `open_tasks` names the tasks
    that nobody answered for, `moved` says that the patient is on another ward by now.
    """
    moment = at or timezone.now()
    answers = closings or Closings()
    lock_ward(admission.ward)
    _check_still_here(admission)
    departures.lock_kit(admission)
    left = admissions.discharge(
        admission=admission, destination=destination, by=by, at=left_at or moment, **more
    )
    tasks = _close_tasks(left, answers, by, moment)
    alert = alerts.close_for_departure(
        admission=left,
        outcome=answers.alert_outcome,
        note=answers.alert_note,
        by=by,
        at=moment,
    )
    finish_prompts_of(admission=left, outcome="The patient left.", by=by, at=moment)
    want_back(admission=left, by=by, at=moment)
    if experience is not None:
        record_experience(admission=left, told=experience, by=by, at=moment)
    detail = {"alert": str(alert.pk) if alert else None, "tasks": [str(task.pk) for task in tasks]}
    audit.record(by=by, verb=CLOSED, subject=left, detail=detail, at=moment)
    return left


@transaction.atomic
def take_back_discharge(
    *, admission: Admission, reason: str, by: User, at: dt.datetime | None = None, **bed: Any
) -> Admission:
    """Entered in error: the patient, the alert, the tasks and the kit are as they were before.

    `bed` (bed, no_bed_reason) goes to `patients.actions.admissions.reverse_discharge`, which
    raises BedTaken where somebody lies in the old one.
    """
    moment = at or timezone.now()
    lock_ward(admission.ward)
    departures.lock_kit(admission)
    back = admissions.reverse_discharge(admission=admission, reason=reason, by=by, at=moment, **bed)
    closed = _closed_with(back)
    for task in Task.objects.filter(pk__in=closed.get("tasks", [])).order_by("pk"):
        reopen_task(task=task, by=by, at=moment)
    if closed.get("alert"):
        departures.reopen_alert(alert_id=UUID(closed["alert"]), by=by, at=moment)
    departures.keep_kit(admission=back, by=by, at=moment)
    return back


def _check_still_here(admission: Admission) -> None:
    """Under the ward's lock: whoever may discharge here may not do so on another ward."""
    if not Admission.objects.filter(pk=admission.pk, ward=admission.ward_id).exists():
        words = "This patient has been moved to another ward meanwhile."
        raise ValidationError(words, code="moved")


def _closed_with(admission: Admission) -> dict[str, Any]:
    rows = AuditEvent.objects.filter(
        subject_kind=audit.kind_of(admission), subject_id=str(admission.pk), verb=CLOSED
    )
    last = rows.order_by("-pk").first()
    return last.detail if last else {}


def _close_tasks(admission: Admission, closings: Closings, by: User, at: dt.datetime) -> list[Task]:
    """What is answered of one dose of a course answers those that nobody spoke of."""
    tasks = list(Task.objects.open().filter(admission=admission).order_by("pk"))
    answers = {task: closings.of(task) for task in tasks}
    for_course = {task.token: said for task, said in answers.items() if not said.says_nothing}
    answers = {
        task: for_course.get(task.token, said) if said.says_nothing and task.of > 1 else said
        for task, said in answers.items()
    }
    unanswered = [str(task) for task, said in answers.items() if said.says_nothing]
    if unanswered:
        raise ValidationError(
            f"Still open: {'; '.join(unanswered)}. Close or hand over each.", code="open_tasks"
        )
    for task, said in answers.items():
        _close_task(task, said, by, at)
    return tasks


def _close_task(task: Task, closing: Closing, by: User, at: dt.datetime) -> None:
    if closing.handed_to.strip():
        hand_over_task(task=task, to=closing.handed_to.strip(), by=by, at=at)
    else:
        ending = Task.Ending.CLOSED
        complete_task(task=task, ending=ending, outcome=closing.outcome.strip(), by=by, at=at)
