"""A leave of more than a day: somebody is asked to take the patient back or to discharge them.

The time is the stored beginning of the leave; the board says it by itself (`LEAVE_LIMIT`), so that
a frozen worker makes nobody look well placed. The task is that somebody does it.
"""

from __future__ import annotations

import datetime as dt
from uuid import NAMESPACE_URL, UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts import audit
from accounts.models import AuditEvent, User
from patients.actions.admissions.locking import lock_open
from patients.actions.touch import touch
from patients.models import Admission, LeaveDetail
from rounds.board.rows import LEAVE_LIMIT
from rounds.models import Task


def sweep(*, at: dt.datetime) -> int:
    """How many tasks were set or needed no more, each in a transaction of its own."""
    asked = sum(_ask(detail, at) for detail in _too_long(at))
    return asked + sum(_close(task, at) for task in _needless())


def _too_long(at: dt.datetime) -> list[LeaveDetail]:
    """Away for longer than a day, and nobody was asked about this leave yet."""
    away = LeaveDetail.objects.filter(
        leave__ends__isnull=True,
        leave__starts__lte=at - LEAVE_LIMIT,
        admission__discharged_at__isnull=True,
    )
    found = {_token(one): one for one in away.select_related("leave").order_by("admission_id")}
    asked = set(Task.objects.filter(token__in=[*found]).values_list("token", flat=True))
    return [detail for token, detail in found.items() if token not in asked]


def _token(detail: LeaveDetail) -> UUID:
    return uuid5(NAMESPACE_URL, f"leave:{detail.leave_id}")


@transaction.atomic
def _ask(detail: LeaveDetail, at: dt.datetime) -> bool:
    """Set in the name of whoever began the leave: it follows from what they did."""
    try:
        locked = lock_open(detail.admission)
    except ValidationError:
        return False
    detail.leave.refresh_from_db()
    if detail.leave.ends is not None or Task.objects.filter(token=_token(detail)).exists():
        return False
    task = Task.objects.create(
        admission=locked,
        kind=Task.Kind.LEAVE,
        text=f"On leave for over 24 hours, {detail.place}: take back or discharge"[:240],
        due_at=detail.leave.starts + LEAVE_LIMIT,
        token=_token(detail),
        created_at=at,
        created_by=detail.recorded_by,
    )
    touch(locked)
    audit.record(by=None, verb="task-added", subject=locked, detail={"task": str(task.pk)}, at=at)
    return True


def _needless() -> list[Task]:
    still = LeaveDetail.objects.filter(admission=OuterRef("admission"), leave__ends__isnull=True)
    asked = Task.objects.open().filter(~Exists(still), kind=Task.Kind.LEAVE)
    return list(asked.select_related("created_by").order_by("admission_id"))


@transaction.atomic
def _close(task: Task, at: dt.datetime) -> bool:
    admission = Admission.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=task.admission_id
    )
    by = _who_took_back(admission) or task.created_by
    closed = (
        Task.objects.open()
        .filter(pk=task.pk)
        .update(done_at=at, done_by=by, ending=Task.Ending.DONE, outcome="back from leave")
    )
    if closed:
        touch(admission)
        detail = {"task": str(task.pk), "outcome": "back from leave"}
        audit.record(by=None, verb="task-done", subject=admission, detail=detail, at=at)
    return bool(closed)


def _who_took_back(admission: Admission) -> User | None:
    ended = AuditEvent.objects.filter(
        subject_kind=audit.kind_of(admission), subject_id=str(admission.pk), verb="leave-ended"
    )
    last = ended.select_related("by").order_by("-pk").first()
    return last.by if last else None
