"""What somebody types before it is a review: kept while they type, never written over.

No audit rows: a draft is no part of the record, and one a second would bury what is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from patients.models import Admission
from rounds.models import Review, ReviewDraft
from rounds.policies import check_can_review

KEPT_AFTER_LEAVING: Final = dt.timedelta(days=7)


class DraftMovedError(Exception):
    """Another window of the same person saved meanwhile; `draft` is what it kept."""

    def __init__(self, draft: ReviewDraft) -> None:
        super().__init__("Another window has saved this draft.")
        self.draft = draft


class DraftSpentError(Exception):
    """The review is written already: nothing is left to keep."""


def save_draft(
    *,
    admission: Admission,
    token: UUID,
    version: int,
    known: int,
    typed: Mapping[str, object],
    by: User,
    at: dt.datetime | None = None,
) -> ReviewDraft:
    """`version` is the one last seen, 0 before the first save. Raises DraftMovedError,
    DraftSpentError and PermissionDenied."""
    at = at or timezone.now()
    check_can_review(by, admission, at=at)
    if Review.objects.filter(token=token).exists():
        raise DraftSpentError
    fresh = ReviewDraft(
        admission=admission, by=by, token=token, known=known, typed=dict(typed), saved_at=at
    )
    try:
        with transaction.atomic():
            return _keep(fresh, version)
    except IntegrityError:
        # Two windows began at the same moment: the slower one is told of the other.
        return _keep(fresh, version)


@transaction.atomic
def discard_draft(
    *, admission: Admission, token: UUID, by: User, at: dt.datetime | None = None
) -> None:
    """Thrown away by whoever typed it."""
    check_can_review(by, admission, at=at)
    ReviewDraft.objects.filter(admission=admission, by=by, token=token).delete()


def purge_drafts(*, at: dt.datetime) -> int:
    """Of patients who left days ago: nobody signs them any more, and nobody is to find them later.

    How many. Until then a departure may be taken back, with whatever was being typed.
    """
    left = Admission.objects.filter(discharged_at__lte=at - KEPT_AFTER_LEAVING)
    return ReviewDraft.objects.filter(admission__in=left).delete()[0]


@transaction.atomic
def _keep(fresh: ReviewDraft, version: int) -> ReviewDraft:
    mine = ReviewDraft.objects.select_for_update().filter(admission=fresh.admission, by=fresh.by)
    kept = mine.first()
    if kept is None:
        fresh.version = version + 1
        fresh.save(force_insert=True)
        return fresh
    spent = Review.objects.filter(token=kept.token).exists()
    if not spent and (kept.token != fresh.token or kept.version != version):
        if kept.typed != fresh.typed:
            raise DraftMovedError(kept)
        return kept
    kept.token, kept.known, kept.typed = fresh.token, fresh.known, fresh.typed
    kept.version, kept.saved_at = max(kept.version, version) + 1, fresh.saved_at
    kept.save()
    return kept
