"""What somebody else wrote meanwhile, beside what is being typed: the second sees both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final, NamedTuple

from django.utils.text import capfirst

from accounts.models import User
from lib.addresses import address
from lib.london import near_moment
from rounds.models import Review, ReviewDraft
from rounds.round.known import Known

_SAID: Final = {
    "findings": "Found",
    "plan": "Decided",
    "discussed_with": "Discussed with",
    "question": "Question to a senior",
    "task-0-text": "Task",
    "task-1-text": "Task",
    "task-2-text": "Task",
}


class Said(NamedTuple):
    label: str
    words: str


class One(NamedTuple):
    heading: str
    said: list[Said]
    correct_url: str = ""


class Theirs(NamedTuple):
    """`title` says what happened, `choice` what signing now would mean."""

    title: str
    choice: str
    ones: list[One]


def meanwhile(reviews: Sequence[Review], user: User, at: dt.datetime) -> Theirs:
    own = all(review.by_id == user.pk for review in reviews)
    who = "You have" if own else f"{reviews[0].by.short_name} has"
    return Theirs(
        title=f"{who} written a review of this patient meanwhile. Nothing of yours is written yet.",
        choice="Sign to let both stand, change yours first, or throw yours away.",
        ones=[_of_review(review, at) for review in reviews],
    )


def since_draft(known: Known, at: dt.datetime) -> Theirs | None:
    """Of a draft begun before somebody else's review."""
    draft = known.draft
    newer = known.written - draft.known if draft else 0
    if newer <= 0:
        return None
    ones = [
        One(
            _heading(Review.Kind(one.kind).label, one.by, one.at, at),
            _said({"findings": one.findings, "plan": one.plan}),
        )
        for one in known.reviews[:newer]
    ]
    return Theirs(
        title="The patient was reviewed after you began this draft.",
        choice="Sign to let both stand, change yours first, or throw yours away.",
        ones=ones,
    )


def moved(draft: ReviewDraft, at: dt.datetime) -> Theirs:
    when = near_moment(draft.saved_at, at)
    return Theirs(
        title="You have typed in another window, too. Below is yours of here, not kept yet.",
        choice="Keep this one to replace the other, or take over from the other what is missing.",
        ones=[One(f"The other window, kept {when}", _said(draft.typed))],
    )


def _heading(kind: str, by: str, at: dt.datetime, now: dt.datetime) -> str:
    return f"{capfirst(kind)} review by {by}, {near_moment(at, now)}"


def _of_review(review: Review, at: dt.datetime) -> One:
    said = {name: getattr(review, name) for name in ("findings", "plan", "discussed_with")}
    if review.course:
        said = {"findings": f"{capfirst(review.course)}. {review.findings}".strip()} | {
            name: words for name, words in said.items() if name != "findings"
        }
    if review.withdrawn:
        said = {"findings": f"Withdrawn, not about this patient: {review.correction_reason}"}
    return One(
        _heading(review.get_kind_display(), review.by.signature, review.at, at),
        _said(said),
        address("rounds:review-correct", review.pk),
    )


def _said(typed: dict[str, str]) -> list[Said]:
    return [Said(label, typed[name]) for name, label in _SAID.items() if typed.get(name)]
