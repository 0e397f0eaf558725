"""The clock that a ward's team sets for its referrals: within how long it wants to decide."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.models import Ward
from patients.models import Referral, ReferralClock
from patients.policies import check_can_set_clock

SHORTEST, LONGEST = 5, 7 * 24 * 60


@transaction.atomic
def set_referral_clock(
    *, ward: Ward, minutes: int | None, by: User, at: dt.datetime | None = None
) -> None:
    """None: no clock. Those who wait already are due by the new one, from when they were asked."""
    check_can_set_clock(by, ward, at=at)
    at = at or timezone.now()
    if minutes is None:
        ReferralClock.objects.filter(ward=ward).delete()
    elif not SHORTEST <= minutes <= LONGEST:
        raise ValidationError("Between 5 minutes and a week.", code="minutes")
    else:
        ReferralClock.objects.update_or_create(
            ward=ward, defaults={"minutes": minutes, "set_at": at, "set_by": by}
        )
    due = None if minutes is None else F("referred_at") + dt.timedelta(minutes=minutes)
    Referral.objects.waiting().filter(ward=ward).update(decision_due_at=due)
    audit.record(by=by, verb="referral-clock-set", subject=ward, detail={"minutes": minutes}, at=at)


def decision_due(ward: Ward, referred_at: dt.datetime) -> dt.datetime | None:
    """Stored with the referral; None on a ward that has set no clock."""
    clock = ReferralClock.objects.filter(ward=ward).first()
    return referred_at + dt.timedelta(minutes=clock.minutes) if clock else None
