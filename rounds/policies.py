"""Who may go round, review patients and set tasks: those who treat them; and who words a ward's
questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.core.exceptions import PermissionDenied

from accounts.policies import AnyUser
from capacity.models import Ward
from patients.models import Admission
from patients.policies import (
    can_change_care,
    can_treat_on,
    check_can_change_care,
    check_can_treat_on,
    is_senior_on,
    leads,
)
from rounds.models import Review, Task


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


def can_run_round(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> bool:
    return can_treat_on(user, ward, at=at)


def check_can_run_round(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> None:
    check_can_treat_on(user, ward, at=at)


def can_correct_review(user: AnyUser, review: Review, *, at: dt.datetime | None = None) -> bool:
    """Whoever wrote it or what it corrects, or a senior for them: others write their own."""
    ward = review.admission.ward
    own = user.pk in _writers(review) and can_treat_on(user, ward, at=at)
    return own or is_senior_on(user, ward, at=at)


def _writers(review: Review) -> Iterator[object]:
    version: Review | None = review
    while version is not None:
        yield version.by_id
        version = version.corrects


def check_can_correct_review(
    user: AnyUser, review: Review, *, at: dt.datetime | None = None
) -> None:
    if not can_correct_review(user, review, at=at):
        raise PermissionDenied("Whoever wrote a review corrects it, or a senior of the ward.")


def can_edit_questions(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> bool:
    """What a ward asks its patients at leaving is its lead's to say."""
    return leads(user, ward, at=at)


def check_can_edit_questions(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> None:
    if not can_edit_questions(user, ward, at=at):
        raise PermissionDenied("Only the ward's lead changes its questions.")


def can_set_video_link(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> bool:
    """Where the team meets its patients is for its lead to say."""
    return leads(user, ward, at=at)


def check_can_set_video_link(user: AnyUser, ward: Ward, *, at: dt.datetime | None = None) -> None:
    if not can_set_video_link(user, ward, at=at):
        raise PermissionDenied("Only the ward's lead sets its video link.")
