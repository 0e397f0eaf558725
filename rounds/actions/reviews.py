"""Reviews: a clinician looked at a patient and decided."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from observations.actions.reviews import note_review
from patients.actions.admissions.locking import lock_open
from patients.actions.touch import touch
from patients.models import Admission
from rounds.models import Review, Round
from rounds.policies import check_can_review


@transaction.atomic
def review(
    *,
    admission: Admission,
    kind: str,
    seen: str,
    findings: str = "",
    plan: str = "",
    discussed_with: str = "",
    round: Round | None = None,  # noqa: A002  # the word of the ward, and of the model
    by: User,
    at: dt.datetime | None = None,
) -> Review:
    """Write down what was found and decided; the readings until now count as looked at.

    `kind` and `seen` are `Review.Kind` and `Review.Seen`. Raises PermissionDenied, and
    ValidationError when the patient has left.
    """
    at = at or timezone.now()
    check_can_review(by, admission, at=at)
    locked = lock_open(admission)
    written = Review.objects.create(
        admission=locked,
        round=round,
        kind=kind,
        seen=seen,
        findings=findings,
        plan=plan,
        discussed_with=discussed_with,
        at=at,
        by=by,
    )
    note_review(admission=locked, at=at)
    touch(locked)
    audit.record(by=by, verb="reviewed", subject=locked, detail={"review": str(written.pk)}, at=at)
    return written
