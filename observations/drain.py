"""Takes uploads out of the inbox and stores them: claim, store, receipt, delete; one transaction.

Two lanes, so that a replayed buffer never holds up what was measured just now. A batch that fails
is tried again row by row, and a row that fails three times is parked for a person to look at.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from observations import gateways, partitions, payload, receipts, standing
from observations.models import Inbox
from observations.store import store
from observations.uploads import Upload, days_of

log = structlog.get_logger(__name__)

UPLOADS: Final = 400
READINGS: Final = 4000
ATTEMPTS: Final = 3
# Numbers are drawn before they are committed: the watermark stays this far behind.
_SLACK: Final = 30.0
_marks: dict[tuple[str, bool], deque[tuple[float, int]]] = {}

_CLAIM: Final = """
    SELECT id, count FROM observations_inbox
    WHERE parked_at IS NULL AND replayed = %s AND id > %s
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_READ: Final = """
    SELECT id, receipt, gateway_id, received_at, sent_at, clock_offset, body
    FROM observations_inbox WHERE id = ANY(%s) ORDER BY id
"""


class Drained(NamedTuple):
    """What one batch took out of the inbox, and how many uploads it could not."""

    uploads: int
    readings: int
    failed: int = 0


def drain_once(*, at: dt.datetime | None = None, limit: int = UPLOADS) -> Drained:
    """One batch of at most `limit` uploads; nothing when nothing waits."""
    moment = at or timezone.now()
    claimed: list[int] = []
    try:
        return _batch(claimed, moment, limit)
    except InterfaceError:
        raise
    except Exception:
        if not claimed:
            raise
        log.exception("batch_failed", uploads=len(claimed))
    results = [_alone(row, moment) for row in claimed]
    return Drained(*(sum(part) for part in zip(*results, strict=True)))


def drain_all(*, at: dt.datetime | None = None, seconds: float | None = None) -> Drained:
    """Until nothing waits, or the time is over."""
    ends = None if seconds is None else time.monotonic() + seconds
    uploads = readings = failed = 0
    while ends is None or time.monotonic() < ends:
        done = drain_once(at=at)
        uploads, readings = uploads + done.uploads, readings + done.readings
        failed += done.failed
        if not done.uploads and not done.failed:
            break
    standing.beat(at or timezone.now())
    return Drained(uploads, readings, failed)


def _batch(claimed: list[int], at: dt.datetime, limit: int) -> Drained:
    """`claimed` tells the caller what was tried, should it fail."""
    with transaction.atomic():
        _plan_for_keys()
        claimed += _claim(limit)
        return _keep(claimed, at) if claimed else Drained(0, 0)


def _alone(row: int, at: dt.datetime) -> Drained:
    try:
        with transaction.atomic():
            mine = Inbox.objects.select_for_update(skip_locked=True).filter(pk=row)
            return _keep([row], at) if mine.exists() else Drained(0, 0)
    except OperationalError:
        # A deadlock or a server that is going down is nobody's fault; the row stays as it is.
        raise
    except Exception as error:
        log.exception("upload_failed", inbox=row)
        _count_failure(row, error, at)
        return Drained(0, 0, 1)


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
    gateways.heard(uploads)
    return Drained(len(uploads), sum(len(upload.readings) for upload in uploads))


def _uploads(rows: Sequence[int]) -> Iterator[Upload]:
    with connection.cursor() as cursor:
        cursor.execute(_READ, [list(rows)])
        for _, receipt, gateway_id, received_at, sent_at, offset, body in cursor.fetchall():
            readings = payload.decode(bytes(body)).readings
            yield Upload(gateway_id, receipt, received_at, readings, sent_at, offset)


def _claim(limit: int) -> list[int]:
    """Fresh uploads first; as many as make a batch."""
    fresh = _lane(limit, replayed=False)
    rows = fresh + (_lane(limit - len(fresh), replayed=True) if len(fresh) < limit else [])
    chosen, readings = [], 0
    for row, count in rows:
        chosen.append(row)
        readings += count
        if readings >= READINGS:
            break
    return chosen


def _lane(limit: int, *, replayed: bool) -> list[tuple[int, int]]:
    marks = _marks.setdefault((str(connection.settings_dict["NAME"]), replayed), deque())
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [replayed, _floor(marks), limit])
        rows: list[Any] = cursor.fetchall()
    if rows:
        marks.append((time.monotonic(), rows[0][0]))
    return rows


def _floor(marks: deque[tuple[float, int]]) -> int:
    """Below this everything is gone: an old snapshot somewhere may keep dead rows for hours, and
    no claim should read past them. Once a minute the whole lane is looked through all the same."""
    now = time.monotonic()
    while len(marks) > 1 and marks[1][0] < now - _SLACK:
        marks.popleft()
    if marks and marks[0][0] < now - 2 * _SLACK:
        marks.clear()
    return marks[0][1] - 1 if marks and marks[0][0] < now - _SLACK else 0


def _plan_for_keys() -> None:
    """All that a batch asks is asked by key. A staging table has no statistics, and without this a
    day's partition may be read from end to end for a thousand keys."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
