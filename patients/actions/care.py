"""What is agreed for a patient: mode, limits, times, oxygen, pauses, the day to leave."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from patients.actions.agreement import LONGEST, check_reason, senior
from patients.actions.expected import expect, set_expected_discharge, set_ready_since
from patients.actions.limits import set_limit, set_times
from patients.actions.modes import set_mode
from patients.actions.people import add_contact, change_contact, record_safety, remove_contact
from patients.actions.touch import touch
from patients.models import Admission, Pause, PrescribedOxygen
from patients.policies import can_change_care, check_can_change_care

__all__ = [
    "add_contact",
    "change_contact",
    "end_pause",
    "expect",
    "prescribe_oxygen",
    "record_safety",
    "remove_contact",
    "set_expected_discharge",
    "set_limit",
    "set_mode",
    "set_pause",
    "set_ready_since",
    "set_responsible",
    "set_times",
    "set_usual",
    "stop_oxygen",
]

# Above it a pause is a decision of a senior (clinical rules, "Who may change what").
SHORT_PAUSE = dt.timedelta(hours=24)


@transaction.atomic
def prescribe_oxygen(
    *, admission: Admission, litres_per_minute: float, by: User, at: dt.datetime | None = None
) -> PrescribedOxygen:
    """Home oxygen counts as oxygen in a score, marked as from the plan."""
    check_can_change_care(by, admission, at=at)
    at = at or timezone.now()
    if not 0 < litres_per_minute <= 80:
        raise ValidationError("Litres a minute, above 0.", code="flow")
    current = admission.oxygen.at(at).first()
    if current is not None and current.litres_per_minute == litres_per_minute:
        return current
    _stop_oxygen(admission, at)
    oxygen = PrescribedOxygen.objects.create(
        admission=admission, litres_per_minute=litres_per_minute, starts=at, prescribed_by=by
    )
    detail = {"litres_per_minute": litres_per_minute}
    audit.record(by=by, verb="oxygen-prescribed", subject=admission, detail=detail, at=at)
    touch(admission)
    return oxygen


@transaction.atomic
def stop_oxygen(*, admission: Admission, by: User, at: dt.datetime | None = None) -> None:
    check_can_change_care(by, admission, at=at)
    at = at or timezone.now()
    _stop_oxygen(admission, at)
    audit.record(by=by, verb="oxygen-stopped", subject=admission, at=at)
    touch(admission)


def _stop_oxygen(admission: Admission, at: dt.datetime) -> None:
    Admission.objects.select_for_update(no_key=True).get(pk=admission.pk)
    admission.oxygen.at(at).update(ends=at)


@transaction.atomic
def set_pause(
    *,
    admission: Admission,
    until: dt.datetime,
    reason: str,
    by: User,
    agreed_by: User | None = None,
    at: dt.datetime | None = None,
) -> Pause:
    """Pauses that follow on one another count as one: over 24 h a senior agrees."""
    check_can_change_care(by, admission, at=at)
    at = at or timezone.now()
    check_reason(reason)
    if until <= at:
        raise ValidationError("That time has passed.", code="until")
    Admission.objects.select_for_update(no_key=True).get(pk=admission.pk)
    going_on = admission.pauses.at(at).order_by("starts").first()
    since = going_on.starts if going_on else at
    if until > since + LONGEST:
        raise ValidationError("A pause lasts 14 days at most.", code="until")
    agreed = None
    if until - since > SHORT_PAUSE:
        agreed = senior(admission, by=by, agreed_by=agreed_by, at=at)
    admission.pauses.filter(starts__gte=at).delete()
    admission.pauses.at(at).update(ends=at)
    pause = Pause.objects.create(
        admission=admission, starts=at, ends=until, reason=reason, set_by=by, agreed_by=agreed
    )
    detail = {"until": until.isoformat(), "reason": reason}
    audit.record(by=by, verb="paused", subject=admission, detail=detail, at=at)
    touch(admission)
    return pause


@transaction.atomic
def end_pause(*, admission: Admission, by: User, at: dt.datetime | None = None) -> None:
    """Readings are wanted again from now on."""
    check_can_change_care(by, admission, at=at)
    at = at or timezone.now()
    admission.pauses.filter(starts__gte=at).delete()
    admission.pauses.at(at).update(ends=at)
    audit.record(by=by, verb="pause-ended", subject=admission, at=at)
    touch(admission)


@transaction.atomic
def set_usual(
    *,
    admission: Admission,
    by: User,
    usual_news2: int | None = None,
    usual_spo2: int | None = None,
    at: dt.datetime | None = None,
) -> Admission:
    """What is usual for this person stands beside each score; it changes no rule."""
    check_can_change_care(by, admission, at=at)
    if (admission.usual_news2, admission.usual_spo2) == (usual_news2, usual_spo2):
        return admission
    admission.usual_news2, admission.usual_spo2 = usual_news2, usual_spo2
    admission.full_clean(validate_constraints=False)
    admission.save(update_fields=["usual_news2", "usual_spo2"])
    detail = {"usual_news2": usual_news2, "usual_spo2": usual_spo2}
    audit.record(by=by, verb="usual-set", subject=admission, detail=detail, at=at)
    touch(admission)
    return admission


@transaction.atomic
def set_responsible(
    *, admission: Admission, clinician: User | None, by: User, at: dt.datetime | None = None
) -> Admission:
    """Who answers for the whole stay: one of the ward's own clinicians, or nobody named yet."""
    check_can_change_care(by, admission, at=at)
    if admission.responsible_clinician == clinician:
        return admission
    if clinician is not None and not can_change_care(clinician, admission, at=at):
        raise ValidationError("Name a clinician of this ward.", code="clinician")
    admission.responsible_clinician = clinician
    admission.save(update_fields=["responsible_clinician"])
    detail = {"clinician": clinician.signature if clinician else ""}
    audit.record(by=by, verb="responsible-set", subject=admission, detail=detail, at=at)
    touch(admission)
    return admission
