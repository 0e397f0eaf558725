"""Takes uploads out of the inbox and stores them: claim, store, receipt, delete; one transaction.

Two lanes, so that a replayed buffer never holds up what was measured just now. A batch that fails
is tried again in halves, and an upload that fails three times by itself is parked for a person to
look at.
"""

from __future__ import annotations

import datetime as dt
import gc
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Final, NamedTuple

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from observations.draining import gateways, heard, receipts, statuses
from observations.draining.claiming import Claimed
from observations.draining.store import store
from observations.draining.uploads import Upload, days_of
from observations.intake import payload
from observations.models import Inbox
from observations.storage import lanes, partitions, queries
from observations.watch import standing

log = structlog.get_logger(__name__)

UPLOADS: Final = 1000
ATTEMPTS: Final = 3

_STILL: Final = """
    SELECT id FROM observations_inbox WHERE id = ANY(%s) ORDER BY id FOR UPDATE SKIP LOCKED
"""
_READ: Final = """
    SELECT receipt, gateway_id, key_id, received_at, sent_at, clock_offset, body
    FROM observations_inbox WHERE id = ANY(%s) ORDER BY id
"""
# No connection to try the next upload on, or no time: no upload's fault.
_OVER: Final = (InterfaceError, SoftTimeLimitExceeded)
_floors: Final = lanes.Floors()


class Drained(NamedTuple):
    """What one batch took out of the inbox, and how many uploads it could not; `wait` is for how
    many seconds it let go of what it found."""

    uploads: int
    readings: int
    failed: int = 0
    wait: float = 0


def drain_once(
    *, at: dt.datetime | None = None, limit: int = UPLOADS, gather: float = 0
) -> Drained:
    """One batch of at most `limit` uploads; nothing when nothing waits. A few are let go while the
    oldest of them has been here for less than `gather` seconds."""
    moment = at or timezone.now()
    claimed = Claimed()
    done = _together(claimed, moment, limit, gather)
    return _sum([done, *(_alone(row, moment) for row in claimed.doubtful)])


@contextmanager
def _no_collector() -> Iterator[None]:
    """A batch makes a hundred thousand objects and no circle: looking for circles among them was a
    third of its time. What the process was made of is never looked through again."""
    mine = gc.isenabled()
    gc.disable()
    _freeze()
    try:
        yield
    finally:
        if mine:
            gc.enable()


@cache
def _freeze() -> None:
    """Once a process; asking how much is frozen would count it, object by object."""
    gc.freeze()


def drain_all(
    *, at: dt.datetime | None = None, seconds: float | None = None, gather: float = 0
) -> Drained:
    """Until nothing waits, or the time is over; `gather` as for one batch."""
    ends = None if seconds is None else time.monotonic() + seconds
    uploads = readings = failed = 0
    while ends is None or time.monotonic() < ends:
        _floors.follow()
        done = drain_once(at=at, gather=gather)
        uploads, readings = uploads + done.uploads, readings + done.readings
        failed += done.failed
        if done.wait:
            time.sleep(done.wait)
        elif not done.uploads and not done.failed:
            break
    standing.beat(at or timezone.now())
    return Drained(uploads, readings, failed)


def _together(claimed: Claimed, at: dt.datetime, limit: int, gather: float) -> Drained:
    """`claimed` is filled here, and known when it fails."""
    try:
        with _no_collector(), transaction.atomic():
            _plan_for_keys()
            claimed.fill(limit)
            if wait := claimed.waits_for_more(gather):
                return Drained(0, 0, wait=wait)
            return _keep(claimed.sound, at) if claimed.sound else Drained(0, 0)
    except _OVER:
        raise
    except Exception:
        if not claimed.sound:
            raise
        log.exception("batch_failed", uploads=len(claimed.sound))
    return _in_halves(claimed.sound, at)


def _in_halves(claimed: Sequence[int], at: dt.datetime) -> Drained:
    """One upload that cannot be stored costs a few batches more, not one for each of the others."""
    middle = len(claimed) // 2
    halves = [_again(half, at) for half in (claimed[:middle], claimed[middle:]) if half]
    return _sum(halves)


def _sum(parts: Iterable[Drained]) -> Drained:
    return Drained(*(sum(part) for part in zip(*parts, strict=True)))


def _again(claimed: Sequence[int], at: dt.datetime) -> Drained:
    if len(claimed) == 1:
        return _alone(claimed[0], at)
    try:
        return _those(claimed, at)
    except _OVER:
        raise
    except Exception:
        if _is_lost():
            raise
    return _in_halves(claimed, at)


def _those(claimed: Sequence[int], at: dt.datetime) -> Drained:
    """Of these, which were let go, those that nobody else has taken since."""
    with transaction.atomic():
        _plan_for_keys()
        mine = [row for (row,) in queries.rows(_STILL, [list(claimed)])]
        return _keep(mine, at) if mine else Drained(0, 0)


def _alone(row: int, at: dt.datetime) -> Drained:
    try:
        return _those([row], at)
    except _OVER:
        raise
    except OperationalError:
        # A deadlock or a server that is going down is nobody's fault; the row stays as it is.
        if _is_lost():
            raise
        log.exception("upload_put_off", inbox=row)
        return Drained(0, 0)
    except Exception as error:
        log.exception("upload_failed", inbox=row)
        _count_failure(row, error, at)
        return Drained(0, 0, 1)


def _is_lost() -> bool:
    """Whether there is no server any more to try the next upload on."""
    return connection.connection is None or bool(connection.connection.closed)


def _count_failure(row: int, error: Exception, at: dt.datetime) -> None:
    """The kind of error only: its message may hold what the upload held."""
    Inbox.objects.filter(pk=row).update(attempts=F("attempts") + 1, why=type(error).__name__)
    Inbox.objects.filter(pk=row, attempts__gte=ATTEMPTS).update(parked_at=at)


def _keep(rows: Sequence[int], at: dt.datetime) -> Drained:
    uploads = list(_uploads(rows))
    partitions.ensure_days(days_of(uploads))
    batch = store(uploads, at=at)
    receipts.write(uploads, batch=batch)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM observations_inbox WHERE id = ANY(%s)", [list(rows)])
    gateways.heard(uploads, at=at)
    heard.note_keys(uploads)
    statuses.note(uploads, at=at)
    return Drained(len(uploads), sum(len(upload.readings) for upload in uploads))


def _uploads(rows: Sequence[int]) -> Iterator[Upload]:
    with connection.cursor() as cursor:
        cursor.execute(_READ, [list(rows)])
        for receipt, gateway_id, key_id, received_at, sent_at, offset, body in cursor.fetchall():
            told = payload.decode_again(bytes(body))
            about = {"key_id": key_id, "devices": told.devices}
            yield Upload(gateway_id, receipt, received_at, told.readings, sent_at, offset, **about)


def _plan_for_keys() -> None:
    """All that a batch asks is asked by key. A staging table has no statistics, and without this a
    day's partition may be read from end to end for a thousand keys."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
