"""How far the processing of readings lags behind their arrival, as PostgreSQL knows it."""

from __future__ import annotations

import datetime as dt
from typing import Final

from observations.models import Heartbeat, Inbox

DRAIN: Final = "drain"
SWEEP: Final = "sweep"
_NONE: Final = dt.timedelta(0)


def lag(at: dt.datetime) -> dt.timedelta:
    """The age of the oldest upload that waits, or of the worker's last sign of life if it is
    greater: a worker that stopped is seen even while nothing is sent, and a sweep that stopped
    while the drain goes on. Parked uploads wait for a
    person instead."""
    signs = (_oldest(replayed=False), _oldest(replayed=True), *_last_beats())
    return max([_NONE, *(at - sign for sign in signs if sign is not None)])


def beat(at: dt.datetime, name: str = DRAIN) -> None:
    """The drain, or the sweep of what time alone brings, has just looked."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": at})


def _oldest(*, replayed: bool) -> dt.datetime | None:
    """By its number in the lane's own index: nothing is counted."""
    waiting = Inbox.objects.filter(parked_at__isnull=True, replayed=replayed).order_by("id")
    return waiting.values_list("received_at", flat=True).first()


def _last_beats() -> list[dt.datetime]:
    beats = Heartbeat.objects.filter(name__in=(DRAIN, SWEEP))
    return list(beats.values_list("beat_at", flat=True))
