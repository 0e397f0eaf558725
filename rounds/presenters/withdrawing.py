"""What a person must know who takes back a review that was about somebody else."""

from __future__ import annotations

import datetime as dt

from lib import london
from patients.models import Admission
from rounds.models import Review, Task


def not_reviewed(admission: Admission) -> str:
    """When this patient was really reviewed last."""
    newest = Review.objects.standing().filter(admission=admission).order_by("-at").first()
    if newest is None:
        return "this patient has not been reviewed yet."
    return f"this patient was last reviewed {london.dated(newest.at)}."


def decided_with(review: Review, at: dt.datetime) -> list[str]:
    """Each thing that followed from it, written at the same moment, which stands until a person
    undoes it."""
    tasks = Task.objects.filter(admission=review.admission_id, created_at=review.at)
    due = tasks.order_by("due_at")
    told = [f"{task}, by {london.near_moment(task.due_at, at)}" for task in due]
    days = review.admission.expected_discharges.filter(set_at=review.at)
    return told + [f"Expected to leave on {london.short_day(one.day)}" for one in days]
