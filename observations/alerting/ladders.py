"""Who is told next, and when, while nobody owns an alert."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from observations import lookups
from observations.alerting import ringing
from observations.models import Alert
from observations.storage.versions import touch_standings

_AT_ONCE: Final = 500


def climb_due(*, at: datetime) -> int:
    """Tell the next step of every alert whose time has come; how many. Each in a transaction of
    its own, so that one in a clinician's hands holds up no other."""
    due = Alert.objects.ladder_due(at).order_by("next_step_at")[:_AT_ONCE]
    return sum(_climb(alert, at) for alert in due)


def _climb(alert: Alert, at: datetime) -> bool:
    with transaction.atomic():
        if alert.admission_id is not None:
            lookups.lock_admissions([alert.admission_id])  # before the alert, as the drain does
        climbed = ringing.climb(alert, at=at)
        if climbed and alert.admission_id is not None:
            touch_standings({alert.admission_id})
        return climbed
