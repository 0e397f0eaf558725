"""Takes uploads out of the inbox and stores them: claim, store, receipt, delete; one transaction.

Two lanes, so that a replayed buffer never holds up what was measured just now. A batch that fails
is tried again row by row, and a row that fails three times is parked for a person to look at.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from observations.draining import gateways, heard, receipts, statuses
from observations.draining.store import store
from observations.draining.uploads import Upload, days_of
from observations.intake import payload
from observations.models import Inbox
from observations.storage import partitions
from observations.watch import standing

log = structlog.get_logger(__name__)

UPLOADS: Final = 400
READINGS: Final = 4000
ATTEMPTS: Final = 3
# Numbers are drawn before they are committed: the watermark stays this far behind.
_SLACK: Final = 30.0
_WHOLE_EVERY: Final = 60.0

_CLAIM: Final = """
    SELECT id, count FROM observations_inbox
    WHERE parked_at IS NULL AND replayed = %s AND id > %s
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_READ: Final = """
    SELECT receipt, gateway_id, key_id, received_at, sent_at, clock_offset, body
    FROM observations_inbox WHERE id = ANY(%s) ORDER BY id
"""


@dataclass(slots=True)
class Lane:
    """How far a lane is empty: the lowest row that was seen, and when."""

    marks: deque[tuple[float, int]] = field(default_factory=deque)
    whole_at: float = -_WHOLE_EVERY

    def seen(self, now: float, row: int) -> None:
        self.marks.append((now, row))

    def floor(self, now: float) -> int:
        """Below this everything is gone: an old snapshot somewhere may keep dead rows for hours,
        and no claim should read past them. Once a minute, however busy, the whole lane is looked
        through all the same: rows come back from the tray, or from a worker that died."""
        if now - self.whole_at >= _WHOLE_EVERY:
            self.whole_at = now
            return 0
        while len(self.marks) > 1 and self.marks[1][0] < now - _SLACK:
            self.marks.popleft()
        known = self.marks and self.marks[0][0] < now - _SLACK
        return self.marks[0][1] - 1 if known else 0


_lanes: dict[tuple[str, bool], Lane] = {}


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
    lane = _lanes.setdefault((str(connection.settings_dict["NAME"]), replayed), Lane())
    now = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [replayed, lane.floor(now), limit])
        rows: list[Any] = cursor.fetchall()
    if rows:
        lane.seen(now, rows[0][0])
    return rows


def _plan_for_keys() -> None:
    """All that a batch asks is asked by key. A staging table has no statistics, and without this a
    day's partition may be read from end to end for a thousand keys."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
