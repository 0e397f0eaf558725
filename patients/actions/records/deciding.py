"""A second person decides: the change is made in the same transaction, or nothing is."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from patients.actions.records.correcting import correct
from patients.actions.records.merging import join, take_apart
from patients.models import RecordChange
from patients.policies import can_withdraw_change, check_can_decide_change

Kind, Outcome = RecordChange.Kind, RecordChange.Outcome
_DONE: Final = {
    Kind.CORRECTION: "record-corrected",
    Kind.MERGE: "records-joined",
    Kind.UNMERGE: "records-taken-apart",
}


@transaction.atomic
def approve(
    *, change: RecordChange, by: User, note: str = "", at: dt.datetime | None = None
) -> RecordChange:
    """Raises ValidationError where the records are no longer as they were when it was proposed."""
    at = at or timezone.now()
    locked = _lock(change)
    check_can_decide_change(by, locked)
    _decide(locked, Outcome.APPROVED, note, by, at)
    _make(locked, by, at)
    locked.save()
    for record in filter(None, (locked.patient, locked.other)):
        detail = {"change": str(locked.pk), "proposed_by": locked.proposed_by_id}
        audit.record(by=by, verb=_DONE[Kind(locked.kind)], subject=record, detail=detail, at=at)
    return locked


def _make(change: RecordChange, by: User, at: dt.datetime) -> None:
    if change.kind == Kind.CORRECTION:
        correct(change, by=by, at=at)
    elif change.kind == Kind.MERGE:
        change.moved = join(change, by=by, at=at)
    else:
        take_apart(change, by=by, at=at)


@transaction.atomic
def turn_down(
    *, change: RecordChange, note: str, by: User, at: dt.datetime | None = None
) -> RecordChange:
    at = at or timezone.now()
    locked = _lock(change)
    check_can_decide_change(by, locked)
    if not note.strip():
        raise ValidationError("Say why not.", code="note")
    return _close(locked, Outcome.REFUSED, note, by, at)


@transaction.atomic
def withdraw_change(
    *, change: RecordChange, by: User, note: str = "", at: dt.datetime | None = None
) -> RecordChange:
    """Whoever proposed it thinks otherwise now."""
    at = at or timezone.now()
    locked = _lock(change)
    if not can_withdraw_change(by, locked):
        raise PermissionDenied("Only who proposed it withdraws it.")
    return _close(locked, Outcome.WITHDRAWN, note, by, at)


def _close(
    change: RecordChange, outcome: RecordChange.Outcome, note: str, by: User, at: dt.datetime
) -> RecordChange:
    _decide(change, outcome, note, by, at)
    change.save()
    verb = f"record-change-{outcome.value}"
    audit.record(by=by, verb=verb, subject=change, at=at)
    return change


def _lock(change: RecordChange) -> RecordChange:
    """The change first: whoever decides it holds it before any record."""
    locked = (
        RecordChange.objects.select_for_update(of=("self",))
        .select_related("patient", "other", "merge")
        .get(pk=change.pk)
    )
    if not locked.is_open:
        told = locked.get_outcome_display()
        raise ValidationError(f"This was decided already: {told}.", code="decided")
    return locked


def _decide(
    change: RecordChange, outcome: RecordChange.Outcome, note: str, by: User, at: dt.datetime
) -> None:
    change.outcome, change.decision_note = outcome, note.strip()
    change.decided_by, change.decided_at = by, at
