"""What the worker does by itself: store, notice deadlines, send bells, keep the partitions.

Each takes an advisory lock, so that two beats do no harm; the drain alone may run many times at
once, because its rows are claimed one by one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

import structlog
from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from observations import limits
from observations.alerting import deliveries, ladders, repeats
from observations.draining import drain, receipts, retractions
from observations.storage import merging, partitions
from observations.storage.locks import Lock, alone
from observations.watch import batteries, deadlines, firsts, gateways, standing

log = structlog.get_logger(__name__)

# Then another task may have the worker, a bell for instance; beat comes back every second.
DRAIN_SECONDS: Final = 2
# A few uploads wait so long for more, which cost hardly more than they do.
GATHER_SECONDS: Final = 0.2
# The copying of one day, at national scale, with time to spare.
MERGE_SECONDS: Final = 3600


@shared_task(name="observations.tasks.drain_inbox", ignore_result=True)
def drain_inbox() -> None:
    drain.drain_all(seconds=DRAIN_SECONDS, gather=GATHER_SECONDS)


@shared_task(name="observations.tasks.sweep_deadlines", ignore_result=True)
def sweep_deadlines() -> None:
    with alone(Lock.DEADLINES) as mine:
        if mine and _swept(timezone.now()):
            standing.beat(timezone.now(), standing.SWEEP)


def _swept(now: dt.datetime) -> bool:
    """Whether all of it went well: whatever is wrong with one part, the others ring."""
    parts: list[Callable[..., object]] = [
        # First, because what is silent through a gateway that is down does not ring.
        gateways.sweep,
        deadlines.refresh_changed,
        deadlines.sweep,
        batteries.ask,
        firsts.note,
        ladders.climb_due,
        repeats.ring_due,
    ]
    failed = [part for part in parts if not _went_well(part, now)]
    return not failed


def _went_well(part: Callable[..., object], now: dt.datetime) -> bool:
    try:
        part(at=now)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        log.exception("sweep_failed", part=f"{part.__module__}.{part.__qualname__}")
        return False
    return True


@shared_task(name="observations.tasks.send_bells", ignore_result=True)
def send_bells() -> None:
    with alone(Lock.BELLS) as mine:
        if mine:
            deliveries.send_waiting(at=timezone.now())


@shared_task(name="observations.tasks.keep_partitions", ignore_result=True)
def keep_partitions() -> None:
    with alone(Lock.KEEPING) as mine:
        if mine:
            now = timezone.now()
            partitions.ensure_ahead(now)
            receipts.drop(before=now - limits.RECEIPTS_KEPT)
            retractions.drop(before=now - limits.RETRACTIONS_KEPT)


@shared_task(
    name="observations.tasks.merge_partitions",
    ignore_result=True,
    soft_time_limit=MERGE_SECONDS - 60,
    time_limit=MERGE_SECONDS,
)
def merge_partitions() -> None:
    with alone(Lock.MERGING) as mine:
        if mine:
            merging.merge_months(at=timezone.now())
