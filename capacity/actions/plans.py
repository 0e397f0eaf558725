"""Plans beds, withdraws what was planned, and sets what an ICB aims for."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.models import IntegratedCareBoard, PlannedBeds, Target, Ward
from capacity.policies import check_can_plan
from lib import london


@transaction.atomic
def plan_beds(
    *,
    icb: IntegratedCareBoard,
    beds: int,
    on: dt.date,
    by: User,
    ward: Ward | None = None,
    where: str = "",
    at: dt.datetime | None = None,
) -> PlannedBeds:
    """`beds` more from `on`, a day to come, or fewer where negative; `where` says for which ward
    when it does not exist yet. Raises PermissionDenied, and ValidationError."""
    at = at or timezone.now()
    check_can_plan(by, icb)
    if on <= london.day_of(at):
        raise ValidationError("Plan for a day to come.", code="on")
    where = where.strip() or (ward.name if ward else "")
    if not where:
        raise ValidationError("Choose a ward, or say where these beds will be.", code="where")
    planned = PlannedBeds.objects.create(
        icb=icb, ward=ward, where=where, on=on, beds=beds, planned_at=at, planned_by=by
    )
    detail = {"beds": beds, "on": on.isoformat(), "ward": ward.code if ward else ""}
    audit.record(by=by, verb="beds-planned", subject=icb, detail=detail, at=at)
    return planned


@transaction.atomic
def withdraw_plan(*, planned: PlannedBeds, by: User, at: dt.datetime | None = None) -> PlannedBeds:
    """It stays to be seen in the history. Withdrawn twice, it is withdrawn once."""
    check_can_plan(by, planned.icb)
    at = at or timezone.now()
    locked = PlannedBeds.objects.select_for_update(of=("self",)).get(pk=planned.pk)
    if locked.withdrawn_at is None:
        locked.withdrawn_at, locked.withdrawn_by = at, by
        locked.save(update_fields=["withdrawn_at", "withdrawn_by"])
        detail = {"beds": locked.beds, "on": locked.on.isoformat()}
        audit.record(by=by, verb="bed-plan-withdrawn", subject=locked.icb, detail=detail, at=at)
    return locked


@transaction.atomic
def set_target(
    *,
    icb: IntegratedCareBoard,
    starts: dt.date,
    low: Decimal,
    high: Decimal,
    percent: Decimal,
    by: User,
    at: dt.datetime | None = None,
) -> Target:
    """Beds per 100,000 and occupancy in per cent from `starts` on, until a later target; one set
    for the same day before is replaced."""
    check_can_plan(by, icb)
    if high < low:
        raise ValidationError("The upper end is below the lower one.", code="high")
    wanted = {"beds_per_100k_low": low, "beds_per_100k_high": high, "occupancy": percent / 100}
    target, _ = Target.objects.update_or_create(icb=icb, starts=starts, defaults=wanted)
    detail = {"starts": starts.isoformat(), "low": str(low), "high": str(high), "%": str(percent)}
    audit.record(by=by, verb="target-set", subject=icb, detail=detail, at=at)
    return target
