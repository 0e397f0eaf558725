"""Who is told next, and when, while nobody owns an alert."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from observations import bells, lookups
from observations.alerting.alert_book import Book
from observations.alerting.bell_rows import new_bell
from observations.alerting.mistaken import WRONG_PATIENT
from observations.models import Alert, Bell
from observations.rulesets import Priority, as_priority
from observations.storage.versions import touch_standings

# How long nobody may own an alert before the next step of the ladder is told, and so on.
LADDER: Final[Mapping[Priority, tuple[timedelta, ...]]] = {
    "emergency": tuple(timedelta(minutes=m) for m in (5, 10, 15)),
    "urgent": tuple(timedelta(minutes=m) for m in (20, 30, 60)),
    "prompt": tuple(timedelta(minutes=m) for m in (60, 120)),
}
_AT_ONCE: Final = 500


def climb_due(*, at: datetime) -> int:
    """Tell the next step of every alert whose time has come; how many. Each in a transaction of
    its own, so that one in a clinician's hands holds up no other."""
    due = Alert.objects.ladder_due(at).order_by("next_step_at")[:_AT_ONCE]
    return sum(_climb(alert, at) for alert in due)


def is_ended(alert: Alert) -> bool:
    """Everybody on it was told."""
    return alert.step >= len(LADDER[as_priority(alert.priority)])


def climb(alert: Alert, *, at: datetime) -> bool:
    """Nobody owned it in time: the next step is told. False when another worker did it already."""
    steps = LADDER[as_priority(alert.priority)]
    step = alert.step + 1
    following = at + steps[step] if step < len(steps) else None
    repeat_at = at + bells.REPEAT_AFTER[as_priority(alert.priority)]
    moved = (
        Alert.objects.ladder_due(at)
        .filter(pk=alert.pk, step=alert.step)
        .update(step=step, next_step_at=following, repeat_at=repeat_at)
    )
    if moved:
        told = alert.triggers.order_by("first_at", "pk")
        own = [t.text for t in told if t.wrong_patient_at is None]
        text = f"Nobody owns it: {'; '.join(own) or WRONG_PATIENT}"
        Book(bells=[new_bell(alert, Bell.Why.STEP, text, at=at, step=step)]).write()
    return bool(moved)


def _climb(alert: Alert, at: datetime) -> bool:
    with transaction.atomic():
        if alert.admission_id is not None:
            lookups.lock_admissions([alert.admission_id])  # before the alert, as the drain does
        climbed = climb(alert, at=at)
        if climbed and alert.admission_id is not None:
            touch_standings({alert.admission_id})
        return climbed
