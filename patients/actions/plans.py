"""The plan an admission begins on, copied from its pathway; part of admitting."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError

from accounts.models import User
from capacity.models import Ward
from lib import london
from patients.models import Admission, ExpectedDischarge, Pathway, PathwayVersion, PlanLine
from patients.planned import Limits

DEFAULT_PRIORITY = "urgent"
# Where SpO2 scale 2 scores 3 (RCP 2017): below it somebody is told on that scale.
SCALE_2_LOW = 84.0


def version_for(ward: Ward, pathway: Pathway) -> PathwayVersion:
    """The ward's own choice; where it offers the pathway no more, its own newest version; else the
    newest that belongs to no ward."""
    offered = ward.pathways.filter(pathway=pathway).select_related("version").first()
    if offered is not None:
        return offered.version
    found = PathwayVersion.objects.in_force().filter(pathway=pathway)
    own = found.filter(ward=ward).order_by("-number").first()
    version = own or found.default().order_by("-number").first()
    if version is None:
        raise ValidationError(f"{pathway} has no published version.", code="pathway")
    return version


def last_day(version: PathwayVersion, came: dt.date) -> dt.date:
    """Seven days are the day of coming and six more."""
    return came + dt.timedelta(days=version.expected_days - 1)


def limit_day(admission: Admission) -> dt.date:
    """The last day that the pathway means a stay to have; to stay longer is asked why."""
    return limit_of(admission.pathway_version, london.day_of(admission.admitted_at))


def limit_of(version: PathwayVersion, came: dt.date) -> dt.date:
    return came + dt.timedelta(days=version.limit_days - 1)


def check_cause(cause: str, version: PathwayVersion) -> None:
    """Of a day that lies beyond the pathway's limit."""
    if cause not in ExpectedDischarge.Cause.values:
        words = f"That is beyond the {version.limit_days} days of the pathway: say why."
        raise ValidationError(words, code="cause")


def default_limits(version: PathwayVersion, kind: str) -> Limits:
    """What the pathway says of a kind, its mildest limit, which comes first: a patient's own stands
    in its place, and more urgent ones of the pathway that lie beyond it stay as they are."""
    for limit in version.ruleset.get("limits", ()):
        if limit["kind"] == kind:
            return Limits(limit.get("low"), limit.get("high"), limit["priority"])
    return Limits(None, None, DEFAULT_PRIORITY)


def copy_plan(admission: Admission, *, by: User, at: dt.datetime) -> None:
    kinds = admission.pathway_version.schedule
    PlanLine.objects.bulk_create(planned_line_of(admission, k, by=by, at=at) for k in kinds)


def planned_line_of(admission: Admission, kind: str, *, by: User, at: dt.datetime) -> PlanLine:
    """As the admission's version asks for it; not saved."""
    version = admission.pathway_version
    limits, when = default_limits(version, kind), version.schedule[kind]
    return PlanLine(
        admission=admission,
        kind=kind,
        times=when.get("times", []),
        every_hours=when.get("every_hours"),
        low=limits.low,
        high=limits.high,
        default_low=limits.low,
        default_high=limits.high,
        priority=limits.priority,
        set_by=by,
        starts=at,
    )
