"""Tasks: something to be done for a patient, by whom and by when, and what came of it.

An admission is locked before its tasks, as a departure does that closes them all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from lib import locks, london
from lib.ids import uuid7
from patients.actions.admissions.locking import lock_open
from patients.actions.touch import touch
from patients.models import Admission
from rounds.models import Task
from rounds.policies import can_add_task, check_can_add_task, check_can_complete_task

MOST_DOSES: Final = 42
"""Of one course, entered at once: six weeks of one a day."""
_SHORTEST: Final = 4
_LONGEST: Final = 168


@transaction.atomic
def add_task(
    *,
    admission: Admission,
    kind: str,
    text: str,
    due_at: dt.datetime,
    assigned_to: User | None = None,
    token: UUID | None = None,
    by: User,
    at: dt.datetime | None = None,
) -> Task:
    """`kind` is a `Task.Kind`; the same form's `token` makes no second one. Raises
    PermissionDenied, and ValidationError when the patient has left."""
    made = add_course(
        admission=admission,
        kind=kind,
        text=text,
        due_at=due_at,
        assigned_to=assigned_to,
        token=token,
        by=by,
        at=at,
    )
    return made[0]


@transaction.atomic
def add_course(
    *,
    admission: Admission,
    kind: str,
    text: str,
    due_at: dt.datetime,
    doses: int = 1,
    every_hours: int | None = None,
    assigned_to: User | None = None,
    token: UUID | None = None,
    by: User,
    at: dt.datetime | None = None,
) -> list[Task]:
    """The first at `due_at`, and the others `every_hours` after one another, each a task.

    Whole days apart they keep the time on London's clock. Raises as `add_task` does, and
    ValidationError with the code `doses` or `every_hours`.
    """
    at = at or timezone.now()
    check_can_add_task(by, admission, at=at)
    _check_course(doses, every_hours)
    locked = lock_open(admission)
    same = list(Task.objects.filter(token=token, admission=locked).order_by("number"))
    if token and same:
        return same
    _check_treats(assigned_to, locked, at)
    token = token or (uuid7() if doses > 1 else None)
    moments = course(due_at, doses, every_hours)
    made = [
        Task.objects.create(
            admission=locked,
            kind=kind,
            text=text,
            due_at=moment,
            number=number,
            of=doses,
            assigned_to=assigned_to,
            token=token,
            created_at=at,
            created_by=by,
        )
        for number, moment in enumerate(moments, 1)
    ]
    touch(locked)
    for task in made:
        _note(task, "task-added", by, at)
    return made


def course(first: dt.datetime, doses: int, every_hours: int | None) -> Iterator[dt.datetime]:
    """When each dose is due; a day apart is the same time of day, whatever the clocks do."""
    days, hours = divmod(every_hours or 0, 24)
    there = london.wall(first)
    for n in range(doses):
        if hours or n == 0:
            yield first + dt.timedelta(hours=n * (days * 24 + hours))
        else:
            yield london.to_utc(there.date() + dt.timedelta(days=n * days), there.time())


@transaction.atomic
def complete_task(
    *,
    task: Task,
    outcome: str = "",
    ending: str = Task.Ending.DONE,
    chase: bool = False,
    by: User,
    at: dt.datetime | None = None,
) -> Task:
    """Done or not, and what came of it; without words the ending speaks for itself. `chase` sets
    a task to look for the result by noon of the day after.

    Raises PermissionDenied, and ValidationError: `done` when somebody was quicker, `outcome`
    when nobody says why it is cancelled.
    """
    at = at or timezone.now()
    check_can_complete_task(by, task, at=at)
    told = outcome.strip()
    if ending == Task.Ending.CANCELLED and not told:
        raise ValidationError("Say why it is not needed.", code="outcome")
    locked = _lock(task)
    if locked.done_at is not None:
        raise ValidationError("Somebody has done this task already.", code="done")
    locked.done_at, locked.done_by = at, by
    locked.ending, locked.outcome = ending, told or Task.Ending(ending).label
    locked.save(update_fields=["done_at", "done_by", "ending", "outcome"])
    touch(locked.admission)
    _note(locked, "task-done", by, at, ending=str(ending), outcome=locked.outcome)
    if chase and ending == Task.Ending.DONE:
        _chase(locked, by, at)
    return locked


@transaction.atomic
def move_task(
    *, task: Task, due_at: dt.datetime, reason: str, by: User, at: dt.datetime | None = None
) -> Task:
    """To another time, and why. Raises as `complete_task` does, with `reason` for none."""
    at = at or timezone.now()
    check_can_complete_task(by, task, at=at)
    locked = _lock_open_task(task)
    if due_at == locked.due_at:
        return locked
    if not reason.strip():
        raise ValidationError("Say why its time changes.", code="reason")
    was, locked.due_at, locked.moved_because = locked.due_at, due_at, reason.strip()
    locked.save(update_fields=["due_at", "moved_because"])
    touch(locked.admission)
    times = {"was": was.isoformat(), "now": due_at.isoformat()}
    _note(locked, "task-moved", by, at, reason=reason.strip(), **times)
    return locked


@transaction.atomic
def assign_task(*, task: Task, to: User | None, by: User, at: dt.datetime | None = None) -> Task:
    """To somebody who treats on the ward, or None: anybody of it. Raises as `complete_task` does,
    with `assigned_to` for somebody of elsewhere."""
    at = at or timezone.now()
    check_can_complete_task(by, task, at=at)
    locked = _lock_open_task(task)
    _check_treats(to, locked.admission, at)
    if locked.assigned_to == to:
        return locked
    was, locked.assigned_to = locked.assigned_to_id, to
    locked.save(update_fields=["assigned_to"])
    touch(locked.admission)
    _note(locked, "task-assigned", by, at, was=was, to=to.pk if to else None)
    return locked


@transaction.atomic
def change_task(
    *,
    task: Task,
    due_at: dt.datetime,
    reason: str,
    assigned_to: User | None,
    by: User,
    at: dt.datetime | None = None,
) -> Task:
    """Time and person at once, as the form asks."""
    moved = move_task(task=task, due_at=due_at, reason=reason, by=by, at=at)
    return assign_task(task=moved, to=assigned_to, by=by, at=at)


@transaction.atomic
def assign_tasks(
    *, tasks: Collection[Task], to: User | None, by: User, at: dt.datetime | None = None
) -> list[Task]:
    """All of them or none; in the order of their admissions, so that two who share a day out
    never wait for each other. What ended meanwhile stays as it is, and is not returned."""
    done = Task.objects.filter(pk__in=[task.pk for task in tasks], done_at__isnull=False)
    ended = set(done.values_list("pk", flat=True))
    ordered = sorted(tasks, key=lambda task: (task.admission_id, task.pk))
    return [assign_task(task=task, to=to, by=by, at=at) for task in ordered if task.pk not in ended]


@transaction.atomic
def hand_over_task(*, task: Task, to: str, by: User, at: dt.datetime | None = None) -> Task:
    """Somebody outside the ward, named, takes it on; here it is done."""
    ended = complete_task(
        task=task,
        ending=Task.Ending.HANDED_OVER,
        outcome=f"handed over to {to}"[:240],
        by=by,
        at=at,
    )
    ended.handed_to = to[:160]
    ended.save(update_fields=["handed_to"])
    return ended


@transaction.atomic
def reopen_task(*, task: Task, by: User, at: dt.datetime | None = None) -> Task:
    """What ended it was entered in error: it is to be done again. Raises PermissionDenied, and
    ValidationError when the patient has left."""
    at = at or timezone.now()
    check_can_complete_task(by, task, at=at)
    locked = _lock(task)
    if not locked.admission.is_open:
        raise ValidationError("This patient has left already.", code="discharged")
    if locked.done_at is None:
        return locked
    locked.done_at = locked.done_by = None
    locked.ending = locked.outcome = locked.handed_to = ""
    locked.save(update_fields=["done_at", "done_by", "ending", "outcome", "handed_to"])
    touch(locked.admission)
    _note(locked, "task-reopened", by, at)
    return locked


def _chase(done: Task, by: User, at: dt.datetime) -> Task:
    tomorrow = london.day_of(at) + dt.timedelta(days=1)
    return add_task(
        admission=done.admission,
        kind=Task.Kind.RESULT,
        text=f"Result: {done.text}"[:240],
        due_at=london.to_utc(tomorrow, dt.time(12)),
        assigned_to=done.assigned_to if _treats(done.assigned_to, done.admission, at) else None,
        by=by,
        at=at,
    )


def _lock(task: Task) -> Task:
    related = Admission.objects.select_related("patient", "ward__lead_provider", "ward__icb")
    admission = locks.locked(related, task.admission_id, no_key=True)
    locked = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    locked.admission = admission
    return locked


def _lock_open_task(task: Task) -> Task:
    locked = _lock(task)
    if locked.done_at is not None:
        raise ValidationError("Somebody has done this task already.", code="done")
    return locked


def _check_course(doses: int, every_hours: int | None) -> None:
    if not 1 <= doses <= MOST_DOSES:
        raise ValidationError(f"Between 1 and {MOST_DOSES} at once.", code="doses")
    if doses > 1 and not _SHORTEST <= (every_hours or 0) <= _LONGEST:
        words = f"Say how many hours lie between them: {_SHORTEST} to {_LONGEST}."
        raise ValidationError(words, code="every_hours")


def _check_treats(who: User | None, admission: Admission, at: dt.datetime) -> None:
    if who is not None and not _treats(who, admission, at):
        words = f"{who.short_name} does not treat patients of {admission.ward.name}."
        raise ValidationError(words, code="assigned_to")


def _treats(who: User | None, admission: Admission, at: dt.datetime) -> bool:
    return who is not None and can_add_task(who, admission, at=at)


def _note(task: Task, verb: str, by: User | None, at: dt.datetime, **more: object) -> None:
    detail = {"task": str(task.pk), **more}
    audit.record(by=by, verb=verb, subject=task.admission, detail=detail, at=at)
