"""To another bed, or to another ward, with the plan kept."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.actions.stays import move_stay
from capacity.models import Bed, Stay, Ward
from patients.actions.admissions.locking import lock_open
from patients.actions.holds import check_not_held
from patients.actions.touch import touch
from patients.models import Admission
from patients.policies import can_admit, check_can_change_care, check_can_go_over_capacity


@transaction.atomic
def transfer(
    *,
    admission: Admission,
    ward: Ward,
    bed: Bed | None,
    by: User,
    no_bed_reason: str = "",
    agreed_with: str = "",
    at: dt.datetime | None = None,
) -> Admission:
    """To another ward of the same ICB. Whoever does not work there names who agreed there."""
    check_can_change_care(by, admission, at=at)
    _check_target(admission, ward, bed, by=by, agreed_with=agreed_with, at=at)
    at = at or timezone.now()
    came_from = admission.ward.code
    _move(admission, ward, bed, no_bed_reason, Stay.EndReason.TRANSFERRED, by, at)
    locked = _lock_unmoved(admission)
    locked.ward = ward
    locked.save(update_fields=["ward"])
    detail = {"from": came_from, "to": ward.code, "agreed_with": agreed_with}
    audit.record(by=by, verb="transferred", subject=locked, detail=detail, at=at)
    touch(locked)
    return locked


def _check_target(
    admission: Admission,
    ward: Ward,
    bed: Bed | None,
    *,
    by: User,
    agreed_with: str,
    at: dt.datetime | None,
) -> None:
    if ward.pk == admission.ward_id:
        raise ValidationError("The patient is on this ward.", code="same")
    if ward.icb_id != admission.ward.icb_id:
        raise PermissionDenied("A patient moves between wards of one ICB; otherwise refer them.")
    if bed is None:
        check_can_go_over_capacity(by, ward, at=at)
    if not (can_admit(by, ward, at=at) or agreed_with.strip()):
        raise ValidationError("Say who on that ward agreed to it.", code="agreed_with")


@transaction.atomic
def move_bed(
    *,
    admission: Admission,
    bed: Bed | None,
    by: User,
    no_bed_reason: str = "",
    at: dt.datetime | None = None,
) -> Admission:
    """Within the ward."""
    check_can_change_care(by, admission, at=at)
    if bed is None:
        check_can_go_over_capacity(by, admission.ward, at=at)
    at = at or timezone.now()
    _move(admission, admission.ward, bed, no_bed_reason, Stay.EndReason.MOVED, by, at)
    locked = _lock_unmoved(admission)
    detail = {"bed": bed.label if bed else None}
    audit.record(by=by, verb="bed-moved", subject=locked, detail=detail, at=at)
    touch(locked)
    return locked


def _lock_unmoved(admission: Admission) -> Admission:
    """Under the wards' locks: of two who move a patient at once the second is told, not obeyed."""
    locked = lock_open(admission)
    if locked.ward_id != admission.ward_id:
        raise ValidationError("This patient has been moved to another ward.", code="moved")
    return locked


def _move(
    admission: Admission,
    ward: Ward,
    bed: Bed | None,
    no_bed_reason: str,
    reason: Stay.EndReason,
    by: User,
    at: dt.datetime,
) -> Stay:
    stay = move_stay(
        spell=admission.spell,
        ward=ward,
        bed=bed,
        no_bed_reason=no_bed_reason,
        reason=reason,
        by=by,
        at=at,
    )
    check_not_held(bed, at=at)
    return stay
