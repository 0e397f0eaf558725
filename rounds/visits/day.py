"""Reads a ward's tasks of one London day, in a few statements however many they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import User
from capacity.models import Ward
from lib import london
from patients.home import VisitNote, visit_notes
from patients.models import Admission, Contact, LeaveDetail, SafetyRecord
from patients.policies import can_treat_on
from rounds.colleagues import clinicians_of
from rounds.models import Task, VideoLink

_RELATED: Final = ("admission__patient__lives_in", "assigned_to", "done_by")
_TOPICS: Final = (SafetyRecord.Topic.ALLERGIES, SafetyRecord.Topic.RESUSCITATION)


@dataclass(frozen=True)
class Day:
    """`open` are to be done, what is due first standing first; `ended` were, the newest first.

    `away` and `notes` are by admission; notes are for who treats there.
    """

    ward: Ward
    day: dt.date
    at: dt.datetime
    open: tuple[Task, ...]
    ended: tuple[Task, ...]
    people: tuple[User, ...]
    away: Mapping[UUID, LeaveDetail]
    notes: Mapping[UUID, VisitNote]
    video_url: str
    may_treat: bool

    @property
    def is_today(self) -> bool:
        return self.day == london.day_of(self.at)


def day_of_tasks(ward: Ward, day: dt.date, *, user: User, at: dt.datetime) -> Day:
    """Today holds what is overdue from before, too."""
    tasks = list(_tasks(ward, day, user=user, at=at))
    link = VideoLink.objects.filter(ward=ward).first()
    return Day(
        ward=ward,
        day=day,
        at=at,
        open=tuple(task for task in tasks if task.done_at is None),
        ended=_newest_first(tasks),
        people=tuple(clinicians_of(ward, at)),
        away=_away(tasks),
        notes=visit_notes({task.admission_id for task in tasks}, user=user),
        video_url=link.url if link else "",
        may_treat=can_treat_on(user, ward, at=at),
    )


def open_on(ward: Ward, *, user: User) -> QuerySet[Task]:
    """What may be shared out."""
    here = Admission.objects.caring(user).current().on(ward)
    return Task.objects.open().filter(admission__in=here)


def _tasks(ward: Ward, day: dt.date, *, user: User, at: dt.datetime) -> QuerySet[Task]:
    starts, ends = london.day_bounds(day)
    here = Admission.objects.caring(user).current().on(ward)
    due = Q(done_at__isnull=True, due_at__gte=starts, due_at__lt=ends)
    if day == london.day_of(at):
        due |= Q(done_at__isnull=True, due_at__lt=starts)
    ended = Q(done_at__gte=starts, done_at__lt=ends)
    found = Task.objects.filter(due | ended, admission__in=here).select_related(*_RELATED)
    return found.prefetch_related(*_known()).order_by("due_at", "pk")


def _known() -> tuple[str | Prefetch[Any], ...]:
    """Whom to call first, and what must be known before a dose is given."""
    patient = "admission__patient__"
    first = Contact.objects.filter(call_first=True, must_not_be_told=False)
    safety = SafetyRecord.objects.current().filter(topic__in=_TOPICS)
    return (
        f"{patient}identifiers",
        Prefetch(f"{patient}contacts", first, to_attr="first_to_call"),
        Prefetch(f"{patient}safety_records", safety, to_attr="safety_now"),
    )


def _newest_first(tasks: Iterable[Task]) -> tuple[Task, ...]:
    ended = [(task.done_at, task) for task in tasks if task.done_at is not None]
    return tuple(task for _, task in sorted(ended, key=itemgetter(0), reverse=True))


def _away(tasks: Iterable[Task]) -> dict[UUID, LeaveDetail]:
    """Who is not at home, and where they are instead."""
    ids = {task.admission_id for task in tasks}
    found = LeaveDetail.objects.filter(admission__in=ids, leave__ends__isnull=True)
    return {detail.admission_id: detail for detail in found.select_related("leave")}
