"""What a senior agreed to until a day, and which of it runs out within the next."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from patients.models import MonitoringMode, PlanLine
from patients.planned import PLANNED

WARNED_BEFORE = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RunningOut:
    """`what` as a person reads it; when `ends` comes, what the pathway says holds again."""

    admission_id: uuid.UUID
    what: str
    ends: dt.datetime


def running_out(admissions: Iterable[uuid.UUID], *, at: dt.datetime) -> list[RunningOut]:
    """In force now and over within a day, soonest first; two queries."""
    ids, until = list(admissions), at + WARNED_BEFORE
    lines = PlanLine.objects.at(at).filter(admission__in=ids, expires_at__lte=until)
    modes = MonitoringMode.objects.at(at).filter(
        admission__in=ids, agreed_by__isnull=False, ends__lte=until
    )
    found = [
        RunningOut(line.admission_id, f"limit of {PLANNED[line.kind].label}", line.expires_at)
        for line in lines
        if line.expires_at is not None
    ]
    found += [
        RunningOut(mode.admission_id, mode.get_mode_display(), mode.ends)
        for mode in modes
        if mode.ends is not None
    ]
    return sorted(found, key=lambda one: (one.ends, one.what))
