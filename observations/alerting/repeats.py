"""Rings again for what goes on without an action, when no reading comes to say so.

An alert that nobody owns climbs its ladder first; one that somebody owns, and one whose ladder has
ended, rings again when the time for an action has passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from observations import bells, kinds, lookups
from observations.alerting import ringing, silences
from observations.alerting.triggers import as_known
from observations.attribution import AdmissionFacts
from observations.models import Alert, LatestVital, Standing, Trigger
from observations.models import Finding as FindingRow
from observations.rules import CONCERN, GATEWAY, NEWS2, RISE, SILENCE, Finding
from observations.rulesets import as_priority
from observations.storage.versions import touch_standings

_AT_ONCE: Final = 500


def ring_due(*, at: datetime) -> int:
    """Ring again what is due; how many rang. Each in a transaction of its own."""
    due = Alert.objects.repeat_due(at).order_by("repeat_at")[:_AT_ONCE]
    return sum(_repeat(alert, at) for alert in due)


@transaction.atomic
def _repeat(seen: Alert, at: datetime) -> bool:
    ids = [] if seen.admission_id is None else [seen.admission_id]
    admissions = lookups.lock_admissions(ids)  # before the alert, as the drain does
    due = Alert.objects.repeat_due(at).select_for_update(of=("self",)).filter(pk=seen.pk).first()
    if due is None:
        return False
    going_on = [
        (one, found)
        for one in _own(due)
        if (found := _going_on(due, one, admissions, at)) is not None
    ]
    if ringing.ring_open(due, [found for _, found in going_on], at=at) is not None:
        if due.admission_id is not None:
            touch_standings({due.admission_id})
        return True
    Alert.objects.filter(pk=due.pk).update(repeat_at=_next(due, going_on, at))
    return False


def _own(alert: Alert) -> Iterable[Trigger]:
    return alert.triggers.filter(wrong_patient_at__isnull=True).order_by("first_at", "pk")


def _next(alert: Alert, going_on: Sequence[tuple[Trigger, Finding]], at: datetime) -> datetime:
    """What has ended may come back, so that an open alert is always looked at again."""
    times = (
        bells.repeat_at(as_known(trigger, alert.acted_at), found.priority)
        for trigger, found in going_on
    )
    looked = at + bells.REPEAT_AFTER[as_priority(alert.priority)]
    return min((when for when in times if when > at), default=looked)


def _going_on(
    alert: Alert, trigger: Trigger, admissions: Sequence[AdmissionFacts], at: datetime
) -> Finding | None:
    """What the trigger says now; None when newer readings say that it is over. Where none came
    since, it goes on: that data stopped is no recovery."""
    if trigger.rule == SILENCE:
        silent = silences.silent(admissions, at=at)
        return silences.finding(silent[0], at=at) if silent else None
    if trigger.rule == GATEWAY:
        return _as_told(trigger) if _is_down(alert) else None
    if alert.admission_id is None or trigger.rule == CONCERN:
        return _as_told(trigger)
    newest = _newest(alert.admission_id, trigger)
    if newest is None:
        return _as_told(trigger)
    since = FindingRow.objects.filter(
        admission_id=alert.admission_id, rule=trigger.rule, measured_at__gte=newest
    )
    now = since.filter(withdrawn_at__isnull=True).order_by("-measured_at").first()
    if now is not None:
        return _finding(now, now.measured_at, trigger.severity)
    # A change of plan rings for values whose finding, by the rules of their time, is none.
    untold = not since.filter(measured_at=trigger.last_at).exists()
    return _as_told(trigger) if trigger.last_at >= newest and untold else None


def _is_down(alert: Alert) -> bool:
    return alert.gateway is not None and alert.gateway.down_since is not None


def _newest(admission_id: UUID, trigger: Trigger) -> datetime | None:
    if trigger.rule in (NEWS2, RISE):
        standings = Standing.objects.filter(admission_id=admission_id)
        return standings.values_list("measured_at", flat=True).first()
    measured = [kinds.NUMBERS[name] for name in trigger.parameters if name in kinds.NUMBERS]
    vitals = LatestVital.objects.filter(admission_id=admission_id, kind__in=measured)
    newest: datetime | None = vitals.aggregate(newest=Max("measured_at"))["newest"]
    return newest


def _as_told(trigger: Trigger) -> Finding:
    return _finding(trigger, trigger.last_at, trigger.severity)


def _finding(row: Trigger | FindingRow, measured_at: datetime, severity: int) -> Finding:
    parameters = frozenset(row.parameters)
    priority = as_priority(row.priority)
    return Finding(row.rule, priority, parameters, row.text, (), measured_at, severity)
