"""What is typed about a patient before a ward is handed over: kept while it is typed, and of two
people who type about one patient neither is written over unseen.

No audit rows: a note is no part of the record, and one a second would bury what is.
"""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from capacity.models import Ward
from patients.models import Admission
from patients.policies import check_can_treat_on
from rounds.models import HandoverNote
from rounds.models.handovers import NOTE_KEPT_FOR

LONGEST_TEXT = 4000


class Typed(NamedTuple):
    recommendation: str
    escalate: str
    agreed: bool

    @property
    def is_empty(self) -> bool:
        return not (self.recommendation.strip() or self.escalate.strip() or self.agreed)


NOTHING: Final = Typed(recommendation="", escalate="", agreed=False)


class NoteMovedError(Exception):
    """A colleague saved meanwhile; `note` is what they wrote."""

    def __init__(self, note: HandoverNote) -> None:
        super().__init__("A colleague has written about this patient.")
        self.note = note


def typed_of(note: HandoverNote | None) -> Typed:
    return Typed(note.recommendation, note.escalate, note.agreed) if note else NOTHING


def save_note(
    *,
    ward: Ward,
    admission: Admission,
    version: int,
    typed: Typed,
    by: User,
    at: dt.datetime | None = None,
) -> HandoverNote | None:
    """`version` is the one last seen, 0 before the first; None where there is nothing to keep.
    Raises NoteMovedError, PermissionDenied and ValidationError."""
    at = at or timezone.now()
    check_can_treat_on(by, ward, at=at)
    if admission.ward_id != ward.pk or not admission.is_open:
        raise ValidationError("This patient is not on the ward any more.", "moved")
    if max(len(typed.recommendation), len(typed.escalate)) > LONGEST_TEXT:
        raise ValidationError(f"At most {LONGEST_TEXT} letters.", "long")
    fresh = HandoverNote(ward=ward, admission=admission, saved_at=at, saved_by=by)
    fresh.recommendation, fresh.escalate, fresh.agreed = typed
    try:
        with transaction.atomic():
            return _keep(fresh, version)
    except IntegrityError:
        # Two people began at the same moment: the slower one is told of the other.
        return _keep(fresh, version)


@transaction.atomic
def _keep(fresh: HandoverNote, seen: int) -> HandoverNote | None:
    notes = HandoverNote.objects.select_for_update(of=("self",)).select_related("saved_by")
    kept = notes.filter(ward=fresh.ward, admission=fresh.admission).first()
    typed = typed_of(fresh)
    if kept is None or kept.saved_at <= fresh.saved_at - NOTE_KEPT_FOR:
        if typed.is_empty:
            return None
    elif typed_of(kept) == typed:
        return kept
    elif kept.version != seen:
        raise NoteMovedError(kept)
    fresh.pk = kept.pk if kept else None
    fresh.version = max(kept.version if kept else 0, seen) + 1
    fresh.save(force_insert=kept is None)
    return fresh
