"""How far the processing of readings lags behind their arrival."""

from __future__ import annotations

import datetime as dt

from django.db.models import Min

from observations.models import Inbox


def lag(at: dt.datetime) -> dt.timedelta:
    """The age of the oldest upload that waits; parked ones wait for a person instead."""
    waiting = Inbox.objects.filter(parked_at__isnull=True)
    oldest: dt.datetime | None = waiting.aggregate(oldest=Min("received_at"))["oldest"]
    return max(at - oldest, dt.timedelta(0)) if oldest else dt.timedelta(0)
