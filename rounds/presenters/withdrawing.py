"""What a person must know who takes back a review that was about somebody else."""

from __future__ import annotations

from lib.london import near_moment
from patients.models import Admission
from rounds.models import Review, Task


def not_reviewed(admission: Admission) -> str:
    """When this patient was really reviewed last."""
    newest = Review.objects.standing().filter(admission=admission).order_by("-at").first()
    if newest is None:
        return "this patient has not been reviewed yet."
    return f"this patient was last reviewed {newest.at:%a %-d %b} at {newest.at:%H:%M}."


def decided_with(review: Review) -> list[str]:
    """Each thing that followed from it, which stands until a person undoes it."""
    tasks = Task.objects.filter(
        admission=review.admission_id, created_at=review.at, created_by=review.by_id
    ).order_by("due_at")
    told = [f"{task}, by {near_moment(task.due_at, review.at)}" for task in tasks]
    days = review.admission.expected_discharges.filter(set_at=review.at, set_by=review.by_id)
    return told + [f"Expected to leave on {one.day:%a %-d %b}" for one in days]
