"""How far the processing of readings lags behind their arrival, as PostgreSQL knows it."""

from __future__ import annotations

import datetime as dt
from typing import Final

from observations.models import Heartbeat, Inbox
from observations.storage import lanes
from observations.storage.queries import rows

DRAIN: Final = "drain"
SWEEP: Final = "sweep"
_NONE: Final = dt.timedelta(0)
# One expression, so that a board asks in the statement that it sends anyway. The oldest of each
# lane comes from the lane's own index: nothing is counted.
OLDEST_SIGN: Final = f"""least(
    (SELECT received_at FROM observations_inbox WHERE {lanes.FRESH} ORDER BY id LIMIT 1),
    (SELECT received_at FROM observations_inbox WHERE {lanes.REPLAYED} ORDER BY id LIMIT 1),
    (SELECT min(beat_at) FROM observations_heartbeat WHERE name IN ('{DRAIN}', '{SWEEP}')))
"""  # noqa: S608 — put together from constants of this module only


def lag(at: dt.datetime) -> dt.timedelta:
    """The age of the oldest upload that waits, or of the worker's last sign of life if it is
    greater: a worker that stopped is seen even while nothing is sent, and a sweep that stopped
    while the drain goes on. Parked uploads wait for a
    person instead."""
    ((sign,),) = rows(f"SELECT {OLDEST_SIGN}", None)
    return behind(sign, at)


def behind(sign: dt.datetime | None, at: dt.datetime) -> dt.timedelta:
    """Nothing while there is no sign at all, as before the first upload."""
    return max(_NONE, at - sign) if sign else _NONE


def drain_lag(at: dt.datetime) -> dt.timedelta:
    """The same without the sweep, for the sweep itself to ask."""
    waiting = Inbox.objects.filter(parked_at__isnull=True).order_by("id")
    times = waiting.values_list("received_at", flat=True)
    oldest = [times.filter(replayed=lane).first() for lane in (False, True)]
    signs = [sign for sign in (*oldest, last_beat(DRAIN)) if sign is not None]
    return behind(min(signs, default=None), at)


def last_beat(name: str) -> dt.datetime | None:
    return Heartbeat.objects.filter(name=name).values_list("beat_at", flat=True).first()


def beat(at: dt.datetime, name: str = DRAIN) -> None:
    """The drain, or the sweep of what time alone brings, has just looked."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": at})
