"""States a change from which a control chart begins anew, and takes it back."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.models import StatedChange


@transaction.atomic
def state_change(
    *,
    place_kind: str,
    place_code: str,
    measure: str,
    on: dt.date,
    reason: str,
    by: User | None,
    pathway: str = "",
    at: dt.datetime | None = None,
) -> StatedChange:
    """Raises ValidationError (`reason`, `on`) without a reason, or where that day has one."""
    at = at or timezone.now()
    if not reason.strip():
        raise ValidationError("Say what changed.", code="reason")
    try:
        with transaction.atomic():
            change = StatedChange.objects.create(
                place_kind=place_kind,
                place_code=place_code,
                measure=measure,
                pathway=pathway,
                on=on,
                reason=reason.strip(),
                stated_at=at,
                stated_by=by,
            )
    except IntegrityError as twice:
        raise ValidationError("A change is stated on that day already.", code="on") from twice
    detail = {"place": place_code, "measure": measure, "on": on.isoformat(), "reason": reason}
    audit.record(by=by, verb="change-stated", subject=change, detail=detail, at=at)
    return change


@transaction.atomic
def withdraw_change(
    *, change: StatedChange, by: User | None, at: dt.datetime | None = None
) -> StatedChange:
    """Kept, and no longer drawn; twice is once."""
    at = at or timezone.now()
    locked = StatedChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if locked.withdrawn_at is None:
        locked.withdrawn_at, locked.withdrawn_by = at, by
        locked.save(update_fields=["withdrawn_at", "withdrawn_by"])
        audit.record(by=by, verb="change-withdrawn", subject=locked, at=at)
    return locked
