"""How far the processing of readings lags behind their arrival, as PostgreSQL knows it."""

from __future__ import annotations

import datetime as dt
from typing import Final

from observations.models import Heartbeat
from observations.storage import lanes
from observations.storage.queries import rows

DRAIN: Final = "drain"
SWEEP: Final = "sweep"
_NONE: Final = dt.timedelta(0)
_SECOND: Final = dt.timedelta(seconds=1)
# One expression, so that a board asks in the statement that it sends anyway. The oldest of each
# lane comes from the lane's own index: nothing is counted.
_WAITING: Final = f"""
    (SELECT received_at FROM observations_inbox WHERE {lanes.FRESH} ORDER BY id LIMIT 1),
    (SELECT received_at FROM observations_inbox WHERE {lanes.REPLAYED} ORDER BY id LIMIT 1)
"""  # noqa: S608 — put together from constants of ours only, as are those below
_BEAT: Final = "(SELECT beat_at FROM observations_heartbeat WHERE name = '{}')"
_OLDEST_OF_DRAIN: Final = f"{_WAITING}, {_BEAT.format(DRAIN)}"
OLDEST_SIGN: Final = f"least({_OLDEST_OF_DRAIN}, {_BEAT.format(SWEEP)})"


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
    ((sign,),) = rows(f"SELECT least({_OLDEST_OF_DRAIN})", None)
    return behind(sign, at)


def last_beat(name: str) -> dt.datetime | None:
    return Heartbeat.objects.filter(name=name).values_list("beat_at", flat=True).first()


def beat(at: dt.datetime, name: str = DRAIN) -> None:
    """The drain, or the sweep of what time alone brings, has just looked. Noted once a second:
    every board asks, and an old snapshot would have it read past all that was ever noted."""
    noted = Heartbeat.objects.filter(name=name, beat_at__gt=at - _SECOND, beat_at__lte=at)
    if not noted.exists():
        Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": at})
