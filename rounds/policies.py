"""Who may review patients and set tasks: those who treat them."""

from __future__ import annotations

import datetime as dt

from accounts.policies import AnyUser
from patients.models import Admission
from patients.policies import can_change_care, check_can_change_care
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
