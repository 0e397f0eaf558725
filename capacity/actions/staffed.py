"""Tells how many of a ward's beds its team can staff, from a day on."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.actions.locks import lock_ward, move_rosters
from capacity.models import StaffedBeds, Ward
from capacity.policies import check_can_tell_staffed
from lib import london

# Told late, it is still told; older figures stay as they were looked at.
LATE: dt.timedelta = dt.timedelta(days=14)


@transaction.atomic
def tell_staffed(
    *,
    ward: Ward,
    number: int,
    starts: dt.date,
    by: User | None,
    at: dt.datetime | None = None,
) -> StaffedBeds:
    """It holds until another is told; one told for the same day before is replaced. It changes no
    capacity: occupancy is of the commissioned beds. Raises PermissionDenied, and ValidationError
    (`starts`) for a day more than two weeks gone by."""
    at = at or timezone.now()
    if by is not None:
        check_can_tell_staffed(by, ward, at=at)
        if starts < london.day_of(at) - LATE:
            raise ValidationError("Choose a day of the last two weeks or later.", code="starts")
    lock_ward(ward)
    told, _ = StaffedBeds.objects.update_or_create(
        ward=ward, starts=starts, defaults={"number": number, "told_at": at, "told_by": by}
    )
    move_rosters([ward.pk])  # what pages show of the ward is no longer what it was
    detail = {"number": number, "starts": starts.isoformat()}
    audit.record(by=by, verb="staffed-beds-told", subject=ward, detail=detail, at=at)
    return told
