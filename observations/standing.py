"""How far the processing of readings lags behind their arrival, as PostgreSQL knows it."""

from __future__ import annotations

import datetime as dt
from typing import Final

from observations.models import Heartbeat, Inbox

DRAIN: Final = "drain"
_NONE: Final = dt.timedelta(0)


def lag(at: dt.datetime) -> dt.timedelta:
    """The age of the oldest upload that waits, or of the worker's last sign of life if it is
    greater: a worker that stopped is seen even while nothing is sent. Parked uploads wait for a
    person instead."""
    signs = (_oldest(replayed=False), _oldest(replayed=True), _last_beat())
    return max([_NONE, *(at - sign for sign in signs if sign is not None)])


def beat(at: dt.datetime) -> None:
    """The drain has just looked."""
    Heartbeat.objects.update_or_create(name=DRAIN, defaults={"beat_at": at})


def _oldest(*, replayed: bool) -> dt.datetime | None:
    """By its number in the lane's own index: nothing is counted."""
    waiting = Inbox.objects.filter(parked_at__isnull=True, replayed=replayed).order_by("id")
    return waiting.values_list("received_at", flat=True).first()


def _last_beat() -> dt.datetime | None:
    beats = Heartbeat.objects.filter(name=DRAIN).values_list("beat_at", flat=True)
    return beats.first()
