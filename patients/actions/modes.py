"""How an admission's readings are judged, from when, by whose decision."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from lib import london
from patients.actions.agreement import check_reason, expiry, senior
from patients.actions.limits import follow_scale
from patients.actions.touch import touch
from patients.models import Admission, MonitoringMode
from patients.policies import check_can_change_care

Mode = MonitoringMode.Mode
SCORED = frozenset({Mode.NEWS2_SCALE1, Mode.NEWS2_SCALE2})
SENIOR = frozenset({Mode.NEWS2_SCALE2, Mode.COMFORT})
# NEWS2 is for 16 and over (RCP 2017).
SCORED_FROM_AGE = 16


@transaction.atomic
def set_mode(
    *,
    admission: Admission,
    mode: str,
    reason: str,
    by: User,
    agreed_by: User | None = None,
    expires_at: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> MonitoringMode:
    """Scale 2 and comfort are a senior's decision and run out; what was before comes back then."""
    check_can_change_care(by, admission, at=at)
    at = at or timezone.now()
    check_reason(reason)
    Admission.objects.select_for_update(no_key=True).get(pk=admission.pk)
    current = admission.modes.at(at).first()
    if current and _says_the_same(current, mode, reason=reason, until=expires_at):
        return current
    new = begin_mode(
        admission, mode, reason=reason, by=by, agreed_by=agreed_by, expires_at=expires_at, at=at
    )
    detail = {"mode": str(mode), "reason": reason}
    audit.record(by=by, verb="mode-set", subject=admission, detail=detail, at=at)
    touch(admission)
    return new


def _says_the_same(
    current: MonitoringMode, mode: str, *, reason: str, until: dt.datetime | None
) -> bool:
    """A form sent twice changes nothing the second time."""
    same = current.mode == mode and current.reason == reason.strip()
    return same and until in (None, current.ends)


def begin_mode(
    admission: Admission,
    mode: str,
    *,
    reason: str,
    by: User,
    agreed_by: User | None,
    expires_at: dt.datetime | None,
    at: dt.datetime,
) -> MonitoringMode:
    """Also the first one, when admitting."""
    _check_age(admission, mode, at)
    agreed = until = None
    if mode in SENIOR:
        agreed = senior(admission, by=by, agreed_by=agreed_by, at=at)
        until = expiry(expires_at, at)
    before = _end_current(admission, at)
    new = MonitoringMode.objects.create(
        admission=admission,
        mode=Mode(mode),
        reason=reason.strip(),
        decided_by=by,
        agreed_by=agreed,
        starts=at,
        ends=until,
    )
    if until is not None:
        _fall_back(new, before or usual_mode(admission, at))
    follow_scale(
        admission, scale_2=mode == Mode.NEWS2_SCALE2, by=by, agreed_by=agreed, at=at, until=until
    )
    return new


def usual_mode(admission: Admission, at: dt.datetime) -> str:
    """What the pathway says; under 16, limits alone."""
    if admission.patient.age_on(london.day_of(at)) < SCORED_FROM_AGE:
        return Mode.LIMITS_ONLY
    return admission.pathway_version.default_mode


def usual_reason(admission: Admission, at: dt.datetime) -> str:
    young = admission.patient.age_on(london.day_of(at)) < SCORED_FROM_AGE
    return "Under 16: NEWS2 is not for children" if young else "As the pathway says"


def _check_age(admission: Admission, mode: str, at: dt.datetime) -> None:
    young = admission.patient.age_on(london.day_of(at)) < SCORED_FROM_AGE
    if young and mode in SCORED:
        raise ValidationError("NEWS2 is not for people under 16: watch limits.", code="age")


def _end_current(admission: Admission, at: dt.datetime) -> str | None:
    """Ends what is in force, takes back what was to follow, and says which mode needs no senior."""
    admission.modes.filter(starts__gt=at).delete()
    current = admission.modes.at(at).first()
    if current is None:
        return None
    current.ends = at
    current.save(update_fields=["ends"])
    return None if current.mode in SENIOR else current.mode


def _fall_back(agreed: MonitoringMode, mode: str) -> None:
    assert agreed.ends is not None
    MonitoringMode.objects.create(
        admission=agreed.admission,
        mode=mode,
        reason=f"What was agreed ran out: {agreed.get_mode_display()}"[:200],
        decided_by=agreed.decided_by,
        starts=agreed.ends,
    )
