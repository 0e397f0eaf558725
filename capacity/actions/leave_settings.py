"""Sets from which day people on leave count in occupancy, or no longer do."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.models import LeaveSetting
from capacity.policies import check_can_set_leave
from lib import london


@transaction.atomic
def set_leave(
    *,
    starts: dt.date,
    counted: bool,
    reason: str,
    by: User | None,
    at: dt.datetime | None = None,
) -> LeaveSetting:
    """One set for the same day before is replaced. Raises PermissionDenied, and ValidationError
    (`starts`, `reason`) for a day gone by, whose figures stay as they were told, and without a
    reason. An operator (`by` None) loads what was set before this system."""
    at = at or timezone.now()
    if by is not None:
        check_can_set_leave(by)
        _check_day(starts, at)
    if not reason.strip():
        raise ValidationError("Say who decided this, or where it is written.", code="reason")
    setting, _ = LeaveSetting.objects.update_or_create(
        starts=starts,
        defaults={"counted": counted, "reason": reason.strip(), "set_at": at, "set_by": by},
    )
    detail = {"starts": starts.isoformat(), "counted": counted, "reason": reason.strip()}
    audit.record(by=by, verb="leave-setting-set", subject=setting, detail=detail, at=at)
    return setting


def _check_day(starts: dt.date, at: dt.datetime) -> None:
    if starts < london.day_of(at):
        raise ValidationError("Days gone by stay as they were: choose today or later.", "starts")
