"""Reviews: a clinician looked at a patient and decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from observations.actions.reviews import forget_review, note_review
from patients.actions.admissions.locking import lock_open
from patients.actions.care import set_expected_discharge
from patients.actions.touch import touch
from patients.models import Admission
from rounds.actions.rounds import place_of
from rounds.actions.tasks import add_task
from rounds.models import Review, ReviewDraft, Round, Task
from rounds.policies import check_can_correct_review, check_can_review

# A question to a senior is asked to be answered on the same shift.
_ANSWER_WITHIN = dt.timedelta(hours=1)


class ReviewedMeanwhileError(Exception):
    """Somebody else wrote about this patient since; `reviews` are theirs, the newest first."""

    def __init__(self, reviews: Sequence[Review]) -> None:
        super().__init__("Somebody has reviewed this patient meanwhile.")
        self.reviews = tuple(reviews)


@dataclass(frozen=True)
class Written:
    """What a review says; `kind`, `seen` and `course` are words of `Review`."""

    kind: str
    seen: str
    course: str = ""
    findings: str = ""
    plan: str = ""
    discussed_with: str = ""


@dataclass(frozen=True)
class NewTask:
    kind: str
    text: str
    due_at: dt.datetime
    assigned_to: User | None = None


@dataclass(frozen=True)
class Decided:
    """What follows from a review, done with it or not at all."""

    expected: dt.date | None = None
    expected_reason: str = ""
    cause: str = ""
    tasks: tuple[NewTask, ...] = ()
    ask: User | None = None
    question: str = ""


NOTHING = Decided()


@transaction.atomic
def review(
    *,
    admission: Admission,
    kind: str,
    seen: str,
    findings: str = "",
    plan: str = "",
    discussed_with: str = "",
    by: User,
    at: dt.datetime | None = None,
) -> Review:
    """One that nothing follows from; see `decide`."""
    written = Written(
        kind=kind, seen=seen, findings=findings, plan=plan, discussed_with=discussed_with
    )
    at = at or timezone.now()
    check_can_review(by, admission, at=at)
    return _write(lock_open(admission), written, by=by, at=at)


@transaction.atomic
def decide(
    *,
    admission: Admission,
    written: Written,
    decided: Decided = NOTHING,
    token: UUID,
    known: int,
    on: Round | None = None,
    by: User,
    at: dt.datetime | None = None,
) -> Review:
    """Write down what was found and do what was decided; readings until now count as looked at.

    `token` is the form's: sent twice, it is written once. `known` is how many reviews of the
    patient the writer saw, corrections among them: where there are more by now,
    ReviewedMeanwhileError, and nothing is written. On a round that ended meanwhile the review
    stands by itself. Raises PermissionDenied, and
    ValidationError when the patient has left.
    """
    at = at or timezone.now()
    check_can_review(by, admission, at=at)
    on = _open_round(on)
    locked = lock_open(admission)
    same = Review.objects.filter(token=token, by=by).first()
    if same is not None:
        return _unchanged(same, written)
    _check_knows_all(locked, known)
    review_ = _write(locked, written, on=on, token=token, by=by, at=at)
    _follow(locked, decided, by=by, at=at)
    ReviewDraft.objects.filter(admission=locked, by=by, token=token).delete()
    return review_


@transaction.atomic
def correct_review(
    *,
    review: Review,
    written: Written,
    reason: str,
    token: UUID,
    by: User,
    at: dt.datetime | None = None,
) -> Review:
    """A new row that points at the one it corrects; both stay. `at` is when it is corrected.

    Raises ReviewedMeanwhileError with the correction that somebody was quicker with, and
    PermissionDenied.
    """
    corrected = _replace(review, _Version(written, reason), token=token, by=by, at=at)
    if review.withdrawn:
        _look_again(review.admission)
    return corrected


@transaction.atomic
def withdraw_review(
    *, review: Review, reason: str, token: UUID, by: User, at: dt.datetime | None = None
) -> Review:
    """It was not about this patient: a last version that says nothing; all of them stay to be read.

    Who was reviewed by it alone is unreviewed again, on the board and on a round that goes on.
    Tasks and an expected day that were decided with it stand, for a person to look at. Raises as
    `correct_review` does, and ValidationError for one that is withdrawn already.
    """
    if review.withdrawn:
        raise ValidationError("This review is withdrawn already.")
    nothing = Written(kind=review.kind, seen=review.seen)
    version = _Version(nothing, reason, withdrawn=True)
    withdrawn = _replace(review, version, token=token, by=by, at=at)
    _look_again(review.admission)
    return withdrawn


@dataclass(frozen=True)
class _Version:
    written: Written
    reason: str
    withdrawn: bool = False

    @property
    def verb(self) -> str:
        return "review-withdrawn" if self.withdrawn else "review-corrected"


def _replace(
    review: Review, version: _Version, *, token: UUID, by: User, at: dt.datetime | None
) -> Review:
    at = at or timezone.now()
    check_can_correct_review(by, review, at=at)
    # After a discharge, too: a record is not less wrong because the patient went home.
    Admission.objects.select_for_update(no_key=True, of=("self",)).get(pk=review.admission_id)
    same = Review.objects.filter(token=token, by=by).first()
    if same is not None:
        return _unchanged(same, version.written)
    newer = Review.objects.filter(corrects=review).select_related("by").first()
    if newer is not None:
        raise ReviewedMeanwhileError([newer])
    new = Review.objects.create(
        **asdict(version.written),
        admission_id=review.admission_id,
        round_id=review.round_id,
        corrects=review,
        correction_reason=version.reason.strip(),
        corrected_at=at,
        withdrawn=version.withdrawn,
        at=review.at,
        by=by,
        token=token,
    )
    touch(review.admission)
    detail = {"review": str(new.pk), "corrects": str(review.pk), "reason": version.reason}
    audit.record(by=by, verb=version.verb, subject=review.admission, detail=detail, at=at)
    return new


def _look_again(admission: Admission) -> None:
    newest = Review.objects.standing().filter(admission=admission).order_by("-at").first()
    forget_review(admission=admission, reviewed_at=newest.at if newest else None)


def _open_round(on: Round | None) -> Round | None:
    if on is None:
        return None
    locked = Round.objects.select_for_update().get(pk=on.pk)
    return locked if locked.ended_at is None else None


def _unchanged(same: Review, written: Written) -> Review:
    """The same form again; with other words, after Back, its writer chooses what is to stand."""
    if asdict(written) != {name: getattr(same, name) for name in asdict(written)}:
        raise ReviewedMeanwhileError([same])
    return same


def _check_knows_all(admission: Admission, known: int) -> None:
    """Counted under the admission's lock, so that no clock decides which is newer."""
    written = Review.objects.filter(admission=admission).select_related("by").order_by("-pk")
    newer = written.count() - known
    if newer > 0:
        raise ReviewedMeanwhileError(list(written[:newer]))


def _write(
    locked: Admission,
    written: Written,
    *,
    on: Round | None = None,
    token: UUID | None = None,
    by: User,
    at: dt.datetime,
) -> Review:
    found = Review.objects.create(
        **asdict(written), admission=locked, round=on, token=token, at=at, by=by
    )
    if on is not None:
        place_of(on, locked.pk)
    note_review(admission=locked, at=at)
    touch(locked)
    audit.record(by=by, verb="reviewed", subject=locked, detail={"review": str(found.pk)}, at=at)
    return found


def _follow(locked: Admission, decided: Decided, *, by: User, at: dt.datetime) -> None:
    if decided.expected is not None and decided.expected != locked.expected_discharge:
        set_expected_discharge(
            admission=locked,
            day=decided.expected,
            reason=decided.expected_reason,
            cause=decided.cause,
            by=by,
            at=at,
        )
    for task in (*decided.tasks, *_question(decided, at)):
        add_task(
            admission=locked,
            kind=task.kind,
            text=task.text,
            due_at=task.due_at,
            assigned_to=task.assigned_to,
            by=by,
            at=at,
        )


def _question(decided: Decided, at: dt.datetime) -> list[NewTask]:
    if not decided.question:
        return []
    due_at = at + _ANSWER_WITHIN
    return [NewTask(Task.Kind.SENIOR, decided.question[:240], due_at, decided.ask)]
