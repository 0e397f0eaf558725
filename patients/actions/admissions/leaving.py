"""Discharge and death; and taking either back when it was entered in error."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.actions.stays import end_spell, reopen_spell
from capacity.models import Bed
from capacity.models.stays import Destination
from patients.actions.admissions.locking import lock_open
from patients.actions.admissions.written import Written, write_down
from patients.actions.holds import check_not_held
from patients.actions.touch import touch
from patients.models import Admission, Patient
from patients.policies import check_can_discharge, check_can_go_over_capacity


@transaction.atomic
def discharge(
    *,
    admission: Admission,
    destination: str,
    by: User,
    note: str = "",
    medicine_changes: str = "",
    follow_up: str = "",
    safety_net_advice: str = "",
    written: Written | None = None,
    at: dt.datetime | None = None,
) -> Admission:
    """Frees the bed from the stated time. What else is open the floor above closes first.

    Raises TimeRefused before the patient came to their bed, ValidationError for what is written
    wrongly (`code` names it) and where the patient has left already (`discharged`).
    """
    check_can_discharge(by, admission, at=at)
    at = at or timezone.now()
    if destination not in Destination.values:
        raise ValidationError("Say where the patient goes.", code="destination")
    if not admission.is_open:
        raise ValidationError("This patient has left already.", code="discharged")
    end_spell(spell=admission.spell, destination=destination, by=by, at=at)
    locked = lock_open(admission)
    locked.discharged_at, locked.discharged_by, locked.destination = at, by, destination
    locked.discharge_note, locked.medicine_changes = note, medicine_changes
    locked.follow_up, locked.safety_net_advice = follow_up, safety_net_advice
    locked.save()
    if written is not None:
        write_down(locked, written, destination=destination, left_at=at)
    if destination == Destination.DIED:
        Patient.objects.filter(pk=locked.patient_id).update(died_at=at)
    detail = {"destination": str(destination)}
    audit.record(by=by, verb="discharged", subject=locked, detail=detail, at=at)
    touch(locked)
    return locked


@transaction.atomic
def reverse_discharge(
    *,
    admission: Admission,
    reason: str,
    by: User,
    bed: Bed | None = None,
    no_bed_reason: str = "",
    at: dt.datetime | None = None,
) -> Admission:
    """As if the patient had never left: into the same bed, unless somebody lies there now."""
    check_can_discharge(by, admission, at=at)
    if no_bed_reason:
        check_can_go_over_capacity(by, admission.ward, at=at)
    if not reason.strip():
        raise ValidationError("Say why.", code="reason")
    if admission.patient.admissions.current().exists():
        raise ValidationError("This patient has been admitted again since.", code="admitted")
    was = admission.destination
    stay = reopen_spell(spell=admission.spell, bed=bed, no_bed_reason=no_bed_reason, by=by, at=at)
    check_not_held(stay.bed, at=at or timezone.now())
    locked = _reopen(admission)
    if was == Destination.DIED:
        Patient.objects.filter(pk=locked.patient_id).update(died_at=None)
    detail = {"was": was, "reason": reason}
    audit.record(by=by, verb="discharge-reversed", subject=locked, detail=detail, at=at)
    touch(locked)
    return locked


def _reopen(admission: Admission) -> Admission:
    locked = Admission.objects.select_for_update(no_key=True).get(pk=admission.pk)
    if locked.is_open:
        raise ValidationError("This patient has not left.", code="open")
    locked.discharged_at = locked.discharged_by = None
    locked.destination = ""
    locked.save(update_fields=["discharged_at", "discharged_by", "destination"])
    return locked
