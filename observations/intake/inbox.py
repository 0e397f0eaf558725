"""The way in: an upload is one row, committed before it is answered.

The key is checked inside the INSERT itself, so revoking a key needs no cache to expire.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from lib.ids import uuid7_at
from observations import clocks, limits
from observations.actions.keys import digest_of
from observations.intake import payload

# How long a web process believes what it last saw of the inbox's depth.
_DEPTH_SEEN_FOR: Final = 1.0
_seen: dict[str, tuple[float, bool]] = {}

_VALID_KEY = """
    FROM observations_devicekey k JOIN observations_gateway g ON g.id = k.gateway_id
    WHERE k.digest = %(digest)s AND k.revoked_at IS NULL AND k.issued_at <= %(at)s
      AND (k.expires_at IS NULL OR k.expires_at > %(at)s)
"""
# The offset is fixed here: the largest of (sent - received) over the gateway's last uploads, as
# `clocks.follow` has it.
_INSERT = f"""
    INSERT INTO observations_inbox (receipt, gateway_id, key_id, received_at, sent_at, clock_offset,
                                    newest_at, replayed, count, body, attempts, why)
    SELECT %(receipt)s, g.id, k.id, %(at)s, %(sent_at)s,
           CASE WHEN cardinality(g.recent_offsets) = 0 THEN coalesce(%(offset)s, 0)
                WHEN abs(%(offset)s::float8) <= %(right)s AND g.clock_offset > %(ahead)s
                THEN %(offset)s
                ELSE greatest(g.clock_offset, %(offset)s) END,
           %(newest_at)s, %(replayed)s, %(count)s, %(body)s, 0, ''
    {_VALID_KEY}
    RETURNING gateway_id
"""


class RefusedError(Exception):
    """Nothing was kept; `status` and the message go to the sender."""

    def __init__(self, status: int, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after = retry_after


class Accepted(NamedTuple):
    receipt: UUID
    received: int
    gateway_id: int


def accept(
    *,
    key: str,
    body: bytes,
    allowed: Callable[[int], bool] = lambda _gateway_id: True,
    at: dt.datetime | None = None,
) -> Accepted:
    """Keep an upload. Raises RefusedError; a key that does not hold comes before anything else.

    `allowed` may refuse a gateway that sends too much.
    """
    moment = at or timezone.now()
    try:
        upload = _understood(body)
    except RefusedError:
        check_key(key, at=moment)
        raise
    receipt = uuid7_at(moment)
    with transaction.atomic():
        gateway_id = _insert(key, body, upload, receipt, moment)
        if not allowed(gateway_id):
            raise RefusedError(429, "Too many readings in this minute.", retry_after=60)
    return Accepted(receipt, len(upload.readings), gateway_id)


def check_key(key: str, *, at: dt.datetime | None = None) -> int:
    """The id of the key's gateway; raises RefusedError when the key does not hold."""
    given: dict[str, Any] = {"digest": digest_of(key), "at": at or timezone.now()}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT g.id {_VALID_KEY}", given)
        row = cursor.fetchone()
    if row is None:
        raise no_such_key()
    return int(row[0])


def no_such_key() -> RefusedError:
    return RefusedError(401, "The key is missing, unknown, expired or revoked.")


def _understood(body: bytes) -> payload.Upload:
    if len(body) > limits.MAX_BODY:
        raise RefusedError(413, "The body is larger than 1 MiB.")
    try:
        upload = payload.decode(body)
    except payload.MalformedError as error:
        raise RefusedError(400, str(error)) from None
    if len(upload.readings) > limits.MAX_READINGS:
        raise RefusedError(413, "There are more than 1,000 readings; send them in parts.")
    if _is_full():
        raise RefusedError(503, "Too much is waiting to be stored.", retry_after=30)
    return upload


def _insert(key: str, body: bytes, upload: payload.Upload, receipt: UUID, at: dt.datetime) -> int:
    newest = payload.newest_at(upload.readings, otherwise=at)
    given: dict[str, Any] = {
        "digest": digest_of(key),
        "at": at,
        "receipt": receipt,
        "sent_at": upload.sent_at,
        "offset": clocks.error(upload.sent_at, at),
        "right": clocks.RIGHT.total_seconds(),
        "ahead": limits.AHEAD.total_seconds(),
        "newest_at": newest,
        "replayed": at - newest > limits.FRESH,
        "count": len(upload.readings),
        "body": body,
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, given)
        row = cursor.fetchone()
    if row is None:
        raise no_such_key()
    return int(row[0])


def _is_full() -> bool:
    """Asked once a second: what cannot be kept is refused, and counting must cost nothing."""
    database = str(connection.settings_dict["NAME"])
    at, full = _seen.get(database, (0.0, False))
    if time.monotonic() - at < _DEPTH_SEEN_FOR:
        return full
    full = _waiting_at_least(settings.INBOX_LIMIT)
    _seen[database] = (time.monotonic(), full)
    return full


def _waiting_at_least(number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM observations_inbox "
            "WHERE parked_at IS NULL LIMIT %s) AS waiting",
            [number],
        )
        return int(cursor.fetchone()[0]) >= number
