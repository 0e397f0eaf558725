"""Reads what was measured, planned and owed, for many admissions at once: one query a table."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final, TypeVar
from uuid import UUID

from observations.kinds import NAMES
from observations.models import DueTime, Holding, LatestVital, Score
from patients.models import MonitoringMode, PlanLine, PrescribedOxygen
from rounds.board.rows import Due, ModeNow, PastScore, Plan, Vital

Ids = Collection[UUID]
Found = TypeVar("Found")
TREND: Final = dt.timedelta(hours=24)


def vitals(ids: Ids, at: dt.datetime) -> dict[UUID, dict[str, Vital]]:
    """The newest values; home oxygen stands in the plan where nobody measured it."""
    found = _by_kind(
        (admission, NAMES[kind], Vital(number or 0.0, code or None, measured_at))
        for admission, kind, number, code, measured_at in LatestVital.objects.filter(
            admission_id__in=ids
        ).values_list("admission_id", "kind", "number", "code", "measured_at")
    )
    for admission, litres, starts in (
        PrescribedOxygen.objects.at(at)
        .filter(admission_id__in=ids)
        .values_list("admission_id", "litres_per_minute", "starts")
    ):
        known = found.setdefault(admission, {})
        known.setdefault("oxygen", Vital(litres, None, starts, from_plan=True))
    return found


def dues(ids: Ids) -> dict[UUID, dict[str, Due]]:
    rows = DueTime.objects.filter(admission_id__in=ids).values_list(
        "admission_id", "kind", "due_at", "late_at", "silent_at", "stale_at"
    )
    return _by_kind((row[0], NAMES[row[1]], Due(*row[2:])) for row in rows)


def plans(ids: Ids, at: dt.datetime) -> dict[UUID, dict[str, Plan]]:
    rows = (
        PlanLine.objects.at(at)
        .filter(admission_id__in=ids)
        .values_list("admission_id", "kind", "times", "every_hours", "low", "high", "priority")
    )
    return _by_kind((row[0], row[1], Plan(*row[2:])) for row in rows)


def modes(ids: Ids, at: dt.datetime) -> dict[UUID, ModeNow]:
    rows = MonitoringMode.objects.at(at).filter(admission_id__in=ids)
    return {
        admission: ModeNow(mode, reason)
        for admission, mode, reason in rows.values_list("admission_id", "mode", "reason")
    }


def scores(ids: Ids, at: dt.datetime) -> dict[UUID, tuple[PastScore, ...]]:
    """Of the last 24 hours, oldest first."""
    rows = (
        Score.objects.filter(admission_id__in=ids, measured_at__gt=at - TREND, measured_at__lte=at)
        .order_by("measured_at")
        .values_list("admission_id", "measured_at", "total", "lowest")
    )
    found: dict[UUID, list[PastScore]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(PastScore(*row[1:]))
    return {admission: tuple(past) for admission, past in found.items()}


def kit(ids: Ids) -> dict[UUID, tuple[tuple[str, ...], ...]]:
    """The kinds that each device in a patient's hands measures."""
    rows = Holding.objects.open().filter(admission_id__in=ids)
    found: dict[UUID, list[tuple[str, ...]]] = defaultdict(list)
    for admission, measures in rows.values_list("admission_id", "device__kinds"):
        found[admission].append(tuple(measures))
    return {admission: tuple(devices) for admission, devices in found.items()}


def _by_kind(rows: Iterable[tuple[UUID, str, Found]]) -> dict[UUID, dict[str, Found]]:
    found: dict[UUID, dict[str, Found]] = {}
    for admission, kind, value in rows:
        found.setdefault(admission, {})[kind] = value
    return found
