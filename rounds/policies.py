"""Who may review patients and set tasks: those who treat them; and who words a ward's questions."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied

from accounts.policies import AnyUser
from capacity.models import Ward
from patients.models import Admission
from patients.policies import can_change_care, check_can_change_care, leads
from rounds.models import Task


def can_review(user: AnyUser, admission: Admission, *, at: dt.datetime | None = None) -> bool:
    return can_change_care(user, admission, at=at)


def check_can_review(user: AnyUser, admission: Admission, *, at: dt.datetime | None = None) -> None:
    check_can_change_care(user, admission, at=at)


def can_add_task(user: AnyUser, admission: Admission, *, at: dt.datetime | None = None) -> bool:
    return can_change_care(user, admission, at=at)


def check_can_add_task(
    user: AnyUser, admission: Admission, *, at: dt.datetime | None = None
) -> None:
    check_can_change_care(user, admission, at=at)


def can_complete_task(user: AnyUser, task: Task, *, at: dt.datetime | None = None) -> bool:
    return can_change_care(user, task.admission, at=at)


def check_can_complete_task(user: AnyUser, task: Task, *, at: dt.datetime | None = None) -> None:
    check_can_change_care(user, task.admission, at=at)


def can_edit_questions(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> bool:
    """What a ward asks its patients at leaving is its lead's to say."""
    return leads(user, ward, at=at)


def check_can_edit_questions(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> None:
    if not can_edit_questions(user, ward, at=at):
        raise PermissionDenied("Only the ward's lead changes its questions.")
