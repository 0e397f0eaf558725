"""The restricted record: written, opened with a reason, and ended; never rewritten."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from patients.actions.touch import touch_patient
from patients.models import Admission, Patient, SafeguardingNote
from patients.policies import check_can_read_safeguarding


@transaction.atomic
def open_safeguarding(
    *, admission: Admission, reason: str, by: User, at: dt.datetime | None = None
) -> list[SafeguardingNote]:
    """All that was written, the newest first; who opened it and why is written down first."""
    check_can_read_safeguarding(by, admission, at=at)
    if not reason.strip():
        raise ValidationError("Say why you open it.", code="reason")
    detail = {"reason": reason.strip()}
    audit.record(by=by, verb="safeguarding-opened", subject=admission.patient, detail=detail, at=at)
    notes = admission.patient.safeguarding_notes.select_related("recorded_by", "ended_by")
    return list(notes.order_by("-recorded_at", "-pk"))


@transaction.atomic
def note_safeguarding(
    *,
    admission: Admission,
    by: User,
    text: str = "",
    told_to: str = "",
    none: bool = False,
    at: dt.datetime | None = None,
) -> SafeguardingNote:
    """A concern, with who outside was told; or `none`: somebody asked and found nothing.

    The audit tells that something was written, never what. A concern takes the place of what said
    that there is none; that there is none ends no concern.
    """
    check_can_read_safeguarding(by, admission, at=at)
    at = at or timezone.now()
    said = {"none": none, "text": "" if none else text.strip(), "told_to": told_to.strip()}
    if not (none or said["text"]):
        raise ValidationError("Write what the concern is.", code="text")
    Patient.objects.select_for_update(no_key=True).get(pk=admission.patient_id)
    standing = admission.patient.safeguarding_notes.in_force()
    same = standing.filter(**said).first()
    if same is not None:
        return same
    if none and standing.filter(none=False).exists():
        raise ValidationError("End the concern first: one is in force.", code="concern")
    standing.filter(none=True).update(ended_at=at, ended_by=by, ended_why="Written anew")
    note = SafeguardingNote.objects.create(
        patient=admission.patient, **said, recorded_at=at, recorded_by=by
    )
    audit.record(by=by, verb="safeguarding-written", subject=admission.patient, at=at)
    touch_patient(admission.patient)
    return note


@transaction.atomic
def end_safeguarding(
    *,
    note: SafeguardingNote,
    admission: Admission,
    why: str,
    by: User,
    at: dt.datetime | None = None,
) -> SafeguardingNote:
    """It no longer holds, or was wrong; it stays on the record."""
    check_can_read_safeguarding(by, admission, at=at)
    at = at or timezone.now()
    if not why.strip():
        raise ValidationError("Say why it no longer holds.", code="why")
    locked = SafeguardingNote.objects.select_for_update().get(
        pk=note.pk, patient=admission.patient_id
    )
    if locked.ended_at is None:
        locked.ended_at, locked.ended_by, locked.ended_why = at, by, why.strip()
        locked.save(update_fields=["ended_at", "ended_by", "ended_why"])
        audit.record(by=by, verb="safeguarding-ended", subject=admission.patient, at=at)
        touch_patient(admission.patient)
    return locked
