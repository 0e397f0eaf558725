"""Tasks: something to be done for a patient, and its outcome."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from patients.actions.admissions.locking import lock_open
from patients.actions.touch import touch
from patients.models import Admission
from rounds.models import Task
from rounds.policies import check_can_add_task, check_can_complete_task


@transaction.atomic
def add_task(
    *,
    admission: Admission,
    kind: str,
    text: str,
    due_at: dt.datetime,
    assigned_to: User | None = None,
    by: User,
    at: dt.datetime | None = None,
) -> Task:
    """`kind` is a `Task.Kind`. Raises PermissionDenied, and ValidationError
    when the patient has left."""
    at = at or timezone.now()
    check_can_add_task(by, admission, at=at)
    locked = lock_open(admission)
    task = Task.objects.create(
        admission=locked,
        kind=kind,
        text=text,
        due_at=due_at,
        assigned_to=assigned_to,
        created_at=at,
        created_by=by,
    )
    touch(locked)
    audit.record(by=by, verb="task-added", subject=locked, detail={"task": str(task.pk)}, at=at)
    return task


@transaction.atomic
def complete_task(*, task: Task, outcome: str, by: User, at: dt.datetime | None = None) -> Task:
    """Done, and what came of it. Raises PermissionDenied, and ValidationError when somebody
    was quicker."""
    at = at or timezone.now()
    check_can_complete_task(by, task, at=at)
    locked = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if locked.done_at is not None:
        raise ValidationError("Somebody has done this task already.", code="done")
    locked.done_at, locked.done_by, locked.outcome = at, by, outcome
    locked.save(update_fields=["done_at", "done_by", "outcome"])
    touch(locked.admission)
    audit.record(
        by=by,
        verb="task-done",
        subject=locked.admission,
        detail={"task": str(locked.pk), "outcome": outcome},
        at=at,
    )
    return locked


@transaction.atomic
def hand_over_task(*, task: Task, to: str, by: User, at: dt.datetime | None = None) -> Task:
    """Somebody outside the ward, named, takes it on; here it is done."""
    Task.objects.filter(pk=task.pk).update(handed_to=to[:160])
    return complete_task(task=task, outcome=f"handed over to {to}"[:240], by=by, at=at)


@transaction.atomic
def reopen_task(*, task: Task, by: User, at: dt.datetime | None = None) -> Task:
    """The departure that ended it was entered in error: it is to be done again."""
    check_can_complete_task(by, task, at=at)
    locked = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    locked.done_at = locked.done_by = None
    locked.outcome = locked.handed_to = ""
    locked.save(update_fields=["done_at", "done_by", "outcome", "handed_to"])
    touch(locked.admission)
    detail = {"task": str(locked.pk)}
    audit.record(by=by, verb="task-reopened", subject=locked.admission, detail=detail, at=at)
    return locked
