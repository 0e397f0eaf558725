"""Sends bells: claims what is unsent in the outbox, tells it, and notes whom and how."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog
from django.db import transaction

from observations.models import BellDelivery
from observations.storage import copying

log = structlog.get_logger(__name__)

_AT_ONCE: Final = 500
_SENT: Final = ("id", "told", "sent_at", "attempts")


def send_waiting(*, at: datetime) -> int:
    """How many were sent. The board itself is the first channel: it shows the alert already."""
    sent = 0
    while count := _send_some(at):
        sent += count
    return sent


@transaction.atomic
def _send_some(at: datetime) -> int:
    waiting = (
        BellDelivery.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(sent_at__isnull=True)
        .select_related("bell__alert__ward", "bell__alert__admission__ward")
        .order_by("pk")[:_AT_ONCE]
    )
    deliveries = list(waiting)
    for delivery in deliveries:
        delivery.told = _tell(delivery)
        delivery.sent_at, delivery.attempts = at, delivery.attempts + 1
    lines = [copying.line([getattr(one, name) for name in _SENT]) for one in deliveries]
    copying.update("observations_belldelivery", _SENT, lines, key="id")
    return len(deliveries)


def _tell(delivery: BellDelivery) -> str:
    """No message leaves the house yet: nothing of the patient goes into the log."""
    bell = delivery.bell
    ward = bell.alert.ward_now
    log.info("bell", ward=ward.code, priority=bell.priority, why=bell.why)
    return f"ward board of {ward}, step {bell.step}"[:200]
