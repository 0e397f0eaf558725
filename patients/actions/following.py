"""A patient's plan when they go on with another version: what was the pathway's follows, what was
agreed for the patient stays."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import User
from patients.actions.limits import end_line, limits_of, replace_line
from patients.actions.plans import default_limits, planned_line_of
from patients.models import Admission, PathwayVersion, PlanLine
from patients.planned import Limits, loosens


def follow(admission: Admission, *, old: PathwayVersion, by: User, at: dt.datetime) -> None:
    """`admission` has its new version, and its lock is held."""
    new = admission.pathway_version
    lines = {line.kind: line for line in admission.plan_lines.at(at)}
    for line in lines.values():
        line.admission = admission
        _follow(line, old, new, by=by, at=at)
    for kind in new.schedule:
        if kind not in lines:
            planned_line_of(admission, kind, by=by, at=at).save()


def _follow(
    line: PlanLine, old: PathwayVersion, new: PathwayVersion, *, by: User, at: dt.datetime
) -> None:
    own = _is_own(line, old, new)
    own_times = _times(old, line.kind) != _times_of(line)
    if line.kind not in new.schedule and not (own or own_times):
        end_line(line, at)
        return
    default = _default(line, new)
    wanted = limits_of(line) if own else default
    before = (_times_of(line), limits_of(line), line.default_low, line.default_high)
    if line.kind in new.schedule and not own_times:
        line.times, line.every_hours = _times(new, line.kind)
    line.default_low, line.default_high = default.low, default.high
    if before != (_times_of(line), wanted, line.default_low, line.default_high):
        replace_line(
            line,
            wanted,
            reason=line.reason if own or own_times else "",
            by=line.set_by if own or own_times else by,
            agreed_by=line.agreed_by if own else None,
            until=line.expires_at if own else None,
            at=at,
        )


def _is_own(line: PlanLine, old: PathwayVersion, new: PathwayVersion) -> bool:
    """Agreed for this patient; but what no senior agreed to is never looser than the pathway."""
    limits = limits_of(line)
    if limits == default_limits(old, line.kind):
        return False
    return line.expires_at is not None or not loosens(_default(line, new), limits)


def _default(line: PlanLine, new: PathwayVersion) -> Limits:
    """Of a kind that the new version does not ask for, what held before."""
    found = default_limits(new, line.kind)
    return limits_of(line) if (found.low, found.high) == (None, None) else found


def _times(version: PathwayVersion, kind: str) -> tuple[list[str], Any]:
    when = version.schedule.get(kind, {})
    return when.get("times", []), when.get("every_hours")


def _times_of(line: PlanLine) -> tuple[list[str], Any]:
    return line.times, line.every_hours
