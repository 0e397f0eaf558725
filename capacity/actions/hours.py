"""A ward's hours: set from a date on, never for days gone by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity import hours as week_of
from capacity.actions.locks import lock_ward
from capacity.hours import Period, every_day
from capacity.models import Ward, WardHours, WardPeriod
from capacity.policies import check_can_set_hours
from lib.london import day_of

WEEKDAYS: Final = (*("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),)
_MINUTES_A_DAY: Final = 24 * 60


@transaction.atomic
def set_ward_hours(
    *,
    ward: Ward,
    opens: dt.time,
    closes: dt.time,
    phone: str,
    out_of_hours_team: str,
    out_of_hours_phone: str,
    starts: dt.date,
    by: User | None,
    at: dt.datetime | None = None,
) -> WardHours:
    """The same on each day of the week, in London wall time."""
    return set_week(
        ward=ward,
        periods=every_day(opens, closes, phone),
        out_of_hours_team=out_of_hours_team,
        out_of_hours_phone=out_of_hours_phone,
        starts=starts,
        by=by,
        at=at,
    )


@transaction.atomic
def set_week(
    *,
    ward: Ward,
    periods: Sequence[Period],
    out_of_hours_team: str,
    out_of_hours_phone: str,
    starts: dt.date,
    by: User | None,
    at: dt.datetime | None = None,
) -> WardHours:
    """From that day on, in place of what was planned for later. Raises PermissionDenied, and
    ValidationError where two periods overlap, one closes before it opens, some time of the week has
    nobody to call, or the day is past."""
    at = at or timezone.now()
    if by is not None:
        check_can_set_hours(by, ward, at=at)
        _check_day(starts, at)
    _check_week(periods, out_of_hours_team.strip(), out_of_hours_phone.strip())
    lock_ward(ward)
    ward.hours.filter(starts__gte=starts).delete()
    ward.hours.filter(ends=None).update(ends=starts)
    ward.hours.filter(starts__lt=starts, ends__gt=starts).update(ends=starts)
    hours = WardHours.objects.create(
        ward=ward,
        starts=starts,
        out_of_hours_team=out_of_hours_team.strip(),
        out_of_hours_phone=out_of_hours_phone.strip(),
    )
    WardPeriod.objects.bulk_create(WardPeriod(hours=hours, **one._asdict()) for one in periods)
    detail = {"starts": starts.isoformat(), "periods": [_told(one) for one in sorted(periods)]}
    audit.record(by=by, verb="ward-hours-set", subject=ward, detail=detail, at=at)
    return hours


def _check_day(starts: dt.date, at: dt.datetime) -> None:
    if starts < day_of(at):
        raise ValidationError("Days gone by stay as they were: choose today or later.", "starts")


def _check_week(periods: Sequence[Period], team: str, phone: str) -> None:
    for one in periods:
        if one.opens >= one.closes and one.closes != week_of.MIDNIGHT:
            raise ValidationError(f"{_told(one)} closes before it opens.", "order")
    both = week_of.overlap(periods)
    if both:
        raise ValidationError(f"{_told(both[0])} and {_told(both[1])} overlap.", "overlap")
    gap = next(iter(week_of.gaps(periods)), None)
    if gap and not (team and phone):
        raise ValidationError(
            f"Nobody is to be called {gap_words(gap)}: say who covers, and their number.", "gap"
        )


def gap_words(gap: week_of.Gap) -> str:
    """from Friday 20:00 to Monday 08:00"""
    if gap.ends - gap.begins >= 7 * _MINUTES_A_DAY:
        return "at any time"
    return f"from {_moment(gap.begins)} to {_moment(gap.ends)}"


def _moment(minutes: int) -> str:
    days, rest = divmod(minutes, _MINUTES_A_DAY)
    return f"{WEEKDAYS[days % 7]} {rest // 60:02}:{rest % 60:02}"


def _told(one: Period) -> str:
    closes = "24:00" if one.closes == week_of.MIDNIGHT else f"{one.closes:%H:%M}"
    return f"{WEEKDAYS[one.weekday]} {one.opens:%H:%M} to {closes}"
