"""Away for a while, in hospital or elsewhere: somebody named holds the patient meanwhile."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.actions import leaves as beds
from capacity.models import Bed, Leave
from patients.actions.admissions.locking import lock_open
from patients.actions.holds import check_not_held
from patients.actions.touch import touch
from patients.models import Admission, LeaveDetail
from patients.policies import check_can_change_care, check_can_go_over_capacity


@transaction.atomic
def start_leave(
    *,
    admission: Admission,
    kind: str,
    place: str,
    held_by: str,
    expected_back: dt.datetime,
    bed_held: bool,
    by: User,
    phone: str = "",
    at: dt.datetime | None = None,
) -> LeaveDetail:
    """The bed is held, or free for somebody else; `held_by` answers for the patient meanwhile."""
    check_can_change_care(by, admission, at=at)
    at = at or timezone.now()
    if not (place.strip() and held_by.strip()):
        raise ValidationError("Say where the patient is, and who answers for them.", code="held")
    leave = beds.start_leave(
        spell=admission.spell,
        kind=kind,
        expected_back=expected_back,
        bed_held=bed_held,
        by=by,
        at=at,
    )
    locked = lock_open(admission)
    detail = LeaveDetail.objects.create(
        leave=leave,
        admission=locked,
        place=place.strip(),
        held_by=held_by.strip(),
        phone=phone,
        recorded_by=by,
    )
    told = {"kind": str(kind), "bed_held": bed_held}
    audit.record(by=by, verb="leave-started", subject=locked, detail=told, at=at)
    touch(locked)
    return detail


@transaction.atomic
def return_from_leave(
    *,
    detail: LeaveDetail,
    by: User,
    bed: Bed | None = None,
    no_bed_reason: str = "",
    at: dt.datetime | None = None,
) -> Leave:
    """Where the bed was released, another one is needed, or the lead's reason for none."""
    admission = detail.admission
    check_can_change_care(by, admission, at=at)
    if bed is None and not detail.leave.bed_held and no_bed_reason:
        check_can_go_over_capacity(by, admission.ward, at=at)
    at = at or timezone.now()
    leave = beds.end_leave(leave=detail.leave, bed=bed, no_bed_reason=no_bed_reason, by=by, at=at)
    check_not_held(bed, at=at)
    locked = lock_open(admission)
    audit.record(by=by, verb="leave-ended", subject=locked, at=at)
    touch(locked)
    return leave
