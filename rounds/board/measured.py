"""Reads what was measured, planned and owed, for many admissions at once: one query a table.

Each admission comes back as one row of arrays: making 400 ids and model instances costs more than
the database takes.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import QuerySet

from observations.kinds import NAMES
from observations.models import DueTime, Holding, LatestVital
from patients.models import MonitoringMode, PlanLine, PrescribedOxygen
from rounds.board.entries import Due, ModeNow, PastScore, Plan, Vital

# A query inside the query: fifty ids in each of a dozen statements cost more than asking again.
Ids = Collection[UUID] | QuerySet[Any, Any]
TREND: Final = dt.timedelta(hours=24)
# A hub may score each minute; a step line needs only where each step begins and ends.
_STEPS: Final = """
SELECT admission_id, array_agg(measured_at ORDER BY measured_at),
       array_agg(total ORDER BY measured_at), array_agg(lowest ORDER BY measured_at)
FROM (
    SELECT admission_id, measured_at, total, lowest,
           lag(lowest) OVER past AS lowest_before, lag(total) OVER past AS total_before,
           lead(lowest) OVER past AS lowest_after, lead(total) OVER past AS total_after
    FROM observations_score
    WHERE admission_id = ANY(%(ids)s::uuid[])
      AND measured_at > %(start)s AND measured_at <= %(end)s
    WINDOW past AS (PARTITION BY admission_id ORDER BY measured_at)
) AS scores
WHERE (lowest, total) IS DISTINCT FROM (lowest_before, total_before)
   OR (lowest, total) IS DISTINCT FROM (lowest_after, total_after)
GROUP BY admission_id
"""


def vitals(ids: Ids, at: dt.datetime) -> dict[UUID, dict[str, Vital]]:
    """The newest values; home oxygen stands in the plan where nobody measured it."""
    known = LatestVital.objects.filter(admission_id__in=ids)
    found = {
        row[0]: {
            NAMES[kind]: Vital(number or 0.0, code or None, measured_at)
            for kind, number, code, measured_at in zip(*row[1:], strict=True)
        }
        for row in _together(known, "kind", "number", "code", "measured_at")
    }
    prescribed = PrescribedOxygen.objects.at(at).filter(admission_id__in=ids)
    for admission, litres, starts in prescribed.values_list(
        "admission_id", "litres_per_minute", "starts"
    ):
        value = Vital(litres, None, starts, from_plan=True)
        found.setdefault(admission, {}).setdefault("oxygen", value)
    return found


def dues(ids: Ids) -> dict[UUID, dict[str, Due]]:
    known = DueTime.objects.filter(admission_id__in=ids)
    fields = ("kind", "due_at", "late_at", "silent_at", "stale_at")
    return {
        row[0]: {NAMES[kind]: Due(*rest) for kind, *rest in zip(*row[1:], strict=True)}
        for row in _together(known, *fields)
    }


def plans(ids: Ids, at: dt.datetime) -> dict[UUID, dict[str, Plan]]:
    rows = PlanLine.objects.at(at).filter(admission_id__in=ids)
    found: dict[UUID, dict[str, Plan]] = defaultdict(dict)
    fields = ("admission_id", "kind", "times", "every_hours", "low", "high", "priority")
    for row in rows.values_list(*fields):
        found[row[0]][row[1]] = Plan(*row[2:])
    return found


def modes(ids: Ids, at: dt.datetime) -> dict[UUID, ModeNow]:
    rows = MonitoringMode.objects.at(at).filter(admission_id__in=ids)
    return {
        admission: ModeNow(mode, reason)
        for admission, mode, reason in rows.values_list("admission_id", "mode", "reason")
    }


def scores(ids: Sequence[UUID], at: dt.datetime) -> dict[UUID, tuple[PastScore, ...]]:
    """The steps of the last 24 hours, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_STEPS, {"ids": list(ids), "start": at - TREND, "end": at})
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return {row[0]: tuple(map(PastScore, *row[1:])) for row in rows}


def kit(ids: Ids) -> dict[UUID, tuple[tuple[str, ...], ...]]:
    """The kinds that each device in a patient's hands measures."""
    rows = Holding.objects.open().filter(admission_id__in=ids)
    found: dict[UUID, list[tuple[str, ...]]] = defaultdict(list)
    for admission, measures in rows.values_list("admission_id", "device__kinds"):
        found[admission].append(tuple(measures))
    return {admission: tuple(devices) for admission, devices in found.items()}


def _together(rows: QuerySet[Any], *fields: str) -> Sequence[tuple[Any, ...]]:
    """One row an admission, each field an array; all of them in the same order."""
    arrays = {f"all_{field}": ArrayAgg(field) for field in fields}
    return list(rows.order_by().values_list("admission_id").annotate(**arrays))
