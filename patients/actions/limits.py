"""One patient's planned readings: limits and times, each change with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from patients.actions.agreement import check_reason, expiry, senior
from patients.actions.plans import SCALE_2_LOW, default_limits
from patients.actions.touch import touch
from patients.models import Admission, PlanLine
from patients.planned import PLANNED, PRIORITIES, Limits, loosens
from patients.policies import check_can_change_care


@transaction.atomic
def set_limit(
    *,
    admission: Admission,
    kind: str,
    low: float | None,
    high: float | None,
    reason: str,
    by: User,
    priority: str = "",
    agreed_by: User | None = None,
    expires_at: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> PlanLine:
    """Anybody who treats tightens; a looser one needs a senior and runs out within 14 days.

    While it is in force, it may be tightened towards the pathway's own by anybody: then it keeps
    the senior's name and the day it runs out. Units are the kind's own.
    """
    check_can_change_care(by, admission, at=at)
    at = at or timezone.now()
    check_reason(reason)
    Admission.objects.select_for_update(no_key=True).get(pk=admission.pk)
    line = planned_line(admission, kind, at)
    wanted = Limits(low, high, priority or line.priority)
    _check_limits(kind, wanted)
    if _says_the_same(line, wanted, reason=reason, until=expires_at):
        return line
    agreed, until = _answered(line, wanted, by=by, agreed_by=agreed_by, until=expires_at, at=at)
    new = replace_line(line, wanted, reason=reason, by=by, agreed_by=agreed, until=until, at=at)
    detail = {"kind": kind, "low": low, "high": high, "priority": wanted.priority}
    audit.record(
        by=by, verb="limit-set", subject=admission, detail=detail | {"reason": reason}, at=at
    )
    touch(admission)
    return new


def planned_line(admission: Admission, kind: str, at: dt.datetime) -> PlanLine:
    line = admission.plan_lines.at(at).filter(kind=kind).first()
    if line is None:
        raise ValidationError("This reading is not in the patient's plan.", code="kind")
    return line


def limits_of(line: PlanLine) -> Limits:
    return Limits(line.low, line.high, line.priority)


def _says_the_same(
    line: PlanLine, wanted: Limits, *, reason: str, until: dt.datetime | None
) -> bool:
    """A form sent twice changes nothing the second time."""
    same = limits_of(line) == wanted and line.reason == reason.strip()
    return same and until in (None, line.expires_at)


def needs_senior(line: PlanLine, wanted: Limits) -> bool:
    return loosens(limits_of(line), wanted)


def _check_limits(kind: str, wanted: Limits) -> None:
    if wanted.priority not in PRIORITIES:
        raise ValidationError("How urgent is it?", code="priority")
    if wanted.low is None and wanted.high is None:
        raise ValidationError("Give a lowest or a highest value.", code="none")
    if wanted.low is not None and wanted.high is not None and wanted.low >= wanted.high:
        raise ValidationError("The lowest value is above the highest.", code="order")
    _check_physical(kind, wanted)


def _check_physical(kind: str, wanted: Limits) -> None:
    """A limit that no value can ever cross watches nothing."""
    planned = PLANNED[kind]
    for edge in (wanted.low, wanted.high):
        if edge is not None and not 0 <= edge <= planned.high:
            raise ValidationError(
                f"Between {planned.low:g} and {planned.high:g} {planned.unit}".strip() + ".",
                code="range",
            )


def _answered(
    line: PlanLine,
    wanted: Limits,
    *,
    by: User,
    agreed_by: User | None,
    until: dt.datetime | None,
    at: dt.datetime,
) -> tuple[User | None, dt.datetime | None]:
    """Who answers for it and until when; nobody, where it is no looser than the pathway's."""
    if needs_senior(line, wanted):
        return senior(line.admission, by=by, agreed_by=agreed_by, at=at), expiry(until, at)
    if loosens(default_limits(line.admission.pathway_version, line.kind), wanted):
        return line.agreed_by, line.expires_at
    return None, None


def replace_line(
    line: PlanLine,
    wanted: Limits,
    *,
    reason: str,
    by: User,
    agreed_by: User | None,
    until: dt.datetime | None,
    at: dt.datetime,
) -> PlanLine:
    """Ends the line at `at`; behind one that runs out, the pathway's own limits are stored."""
    end_line(line, at)
    new = _like(line, wanted, reason=reason, set_by=by, starts=at)
    new.agreed_by, new.ends, new.expires_at = agreed_by, until, until
    new.save()
    if until is not None:
        default = default_limits(line.admission.pathway_version, line.kind)
        _like(line, default, reason="What was agreed ran out", set_by=by, starts=until).save()
    return new


def end_line(line: PlanLine, at: dt.datetime) -> None:
    """And whatever was to follow it."""
    line.admission.plan_lines.filter(kind=line.kind, starts__gt=at).delete()
    PlanLine.objects.filter(pk=line.pk).update(ends=at)


def _like(
    line: PlanLine, limits: Limits, *, reason: str, set_by: User, starts: dt.datetime
) -> PlanLine:
    return PlanLine(
        admission=line.admission,
        kind=line.kind,
        times=line.times,
        every_hours=line.every_hours,
        low=limits.low,
        high=limits.high,
        default_low=line.default_low,
        default_high=line.default_high,
        priority=limits.priority,
        reason=reason.strip(),
        set_by=set_by,
        starts=starts,
    )


def follow_scale(
    admission: Admission,
    *,
    scale_2: bool,
    by: User,
    agreed_by: User | None,
    until: dt.datetime | None,
    at: dt.datetime,
) -> None:
    """Scale 2 aims at 88 to 92%: scale 1's limit would ring all day, so it moves with the scale."""
    line = admission.plan_lines.at(at).filter(kind="spo2").first()
    if line is None or scale_2 is (line.reason == ON_SCALE_2):
        return
    default = default_limits(admission.pathway_version, "spo2")
    wanted = default._replace(low=SCALE_2_LOW) if scale_2 else default
    reason = ON_SCALE_2 if scale_2 else "SpO2 scale 1"
    replace_line(line, wanted, reason=reason, by=by, agreed_by=agreed_by, until=until, at=at)


ON_SCALE_2 = "SpO2 scale 2"


@transaction.atomic
def set_times(
    *,
    admission: Admission,
    kind: str,
    reason: str,
    by: User,
    times: Sequence[str] = (),
    every_hours: int | None = None,
    at: dt.datetime | None = None,
) -> PlanLine:
    """When a kind is measured, London wall time ("08:00"), or every so many hours."""
    check_can_change_care(by, admission, at=at)
    at = at or timezone.now()
    check_reason(reason)
    Admission.objects.select_for_update(no_key=True).get(pk=admission.pk)
    line = planned_line(admission, kind, at)
    _check_times(times, every_hours)
    line.times, line.every_hours = sorted(times), every_hours
    new = replace_line(
        line,
        limits_of(line),
        reason=reason,
        by=by,
        agreed_by=line.agreed_by,
        until=line.expires_at,
        at=at,
    )
    detail = {"kind": kind, "times": list(times), "every_hours": every_hours, "reason": reason}
    audit.record(by=by, verb="times-set", subject=admission, detail=detail, at=at)
    touch(admission)
    return new


def _check_times(times: Sequence[str], every_hours: int | None) -> None:
    if bool(times) == bool(every_hours):
        raise ValidationError("Give times of day, or every how many hours.", code="times")
    for time in times:
        try:
            dt.time.fromisoformat(time)
        except ValueError as wrong:
            raise ValidationError("Write times like 08:00.", code="times") from wrong
