"""Uploads become rows of the inbox: any number of them in one statement and one commit.

The key is checked inside that statement, so revoking a key needs no cache to expire.
"""

from __future__ import annotations

import datetime as dt
import select
import time
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID
from weakref import WeakSet

from django.db import connection
from psycopg2.extensions import connection as Raw  # noqa: N812 — a class with a lower-case name

from lib.pooling import is_pooled
from observations import clocks, limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.utils import CursorWrapper


class Upload(NamedTuple):
    """What an upload is about to be kept as; `digest` stands for its key."""

    receipt: UUID
    digest: bytes
    received_at: dt.datetime
    sent_at: dt.datetime | None
    newest_at: dt.datetime
    readings: int
    body: bytes


# One value a column, each an array in PostgreSQL's own spelling: psycopg2 would write, and the
# server parse, every element by itself. Bytes go as hex, since backslashes would be doubled twice.
_UPLOADS: Final = """
    unnest({uuids}::uuid[], {digests}::text[], {at}::timestamptz[], {sent_at}::timestamptz[],
           {offsets}::float8[], {newest_at}::timestamptz[], {replayed}::bool[], {counts}::int[],
           {bodies}::text[])
    AS u(receipt, digest, at, sent_at, told, newest_at, replayed, count, body)
"""
# The offset is fixed here: the largest of (sent - received) over the gateway's last uploads, as
# `clocks.follow` has it.
_INSERT: Final = f"""
    INSERT INTO observations_inbox (receipt, gateway_id, key_id, received_at, sent_at, clock_offset,
                                    newest_at, replayed, count, body, attempts, why)
    SELECT u.receipt, g.id, k.id, u.at, u.sent_at,
           CASE WHEN cardinality(g.recent_offsets) = 0 THEN coalesce(u.told, 0)
                WHEN abs(u.told) <= {clocks.RIGHT.total_seconds()}
                     AND g.clock_offset > {limits.AHEAD.total_seconds()} THEN u.told
                ELSE greatest(g.clock_offset, u.told) END,
           u.newest_at, u.replayed, u.count, decode(u.body, 'hex'), 0, ''
    FROM {_UPLOADS}
    JOIN observations_devicekey k ON k.digest = decode(u.digest, 'hex')
    JOIN observations_gateway g ON g.id = k.gateway_id
    WHERE k.revoked_at IS NULL AND k.issued_at <= u.at
      AND (k.expires_at IS NULL OR k.expires_at > u.at)
    RETURNING receipt::text, gateway_id
"""  # noqa: S608 — nothing in it but constants of ours
_COLUMNS: Final = (
    *("uuids", "digests", "at", "sent_at", "offsets"),
    *("newest_at", "replayed", "counts", "bodies"),
)
_AT_ONCE: Final = _INSERT.format_map(dict.fromkeys(_COLUMNS, "%s"))
# Planning costs as much as inserting: once a connection is enough.
_PREPARE: Final = "PREPARE keep_uploads AS " + _INSERT.format_map(
    {name: f"${number}" for number, name in enumerate(_COLUMNS, 1)}
)
_EXECUTE: Final = f"EXECUTE keep_uploads ({', '.join(['%s'] * len(_COLUMNS))})"
_prepared: WeakSet[Raw] = WeakSet()

_HOLDING: Final = """
    SELECT k.digest, k.gateway_id FROM observations_devicekey k
    WHERE k.digest = ANY(%s) AND k.revoked_at IS NULL AND k.issued_at <= %s
      AND (k.expires_at IS NULL OR k.expires_at > %s)
"""


def keep(uploads: Sequence[Upload]) -> list[int | None]:
    """The gateway of each upload, which is on the disk then; None where its key does not hold."""
    with _inserting() as (cursor, statement):
        cursor.execute(statement, _columns(uploads))
        kept = dict(cursor.fetchall())
    return [kept.get(str(upload.receipt)) for upload in uploads]


def holding(digests: Iterable[bytes], at: dt.datetime) -> dict[bytes, int]:
    """The gateways of those keys that hold."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDING, [list(digests), at, at])
        return {bytes(digest): gateway_id for digest, gateway_id in cursor.fetchall()}


def drop_stale_connection() -> None:
    """Between two uses of a long-lived thread's connection: one that a restart of the database has
    cut, or that is old, is left. Asking the socket costs a microsecond; `SELECT 1` a journey."""
    raw = connection.connection
    if raw is None or connection.in_atomic_block:
        return
    old = connection.close_at is not None and time.monotonic() >= connection.close_at
    if old or raw.closed or _something_came(raw):
        connection.close()


def _something_came(raw: Raw) -> bool:
    """Nobody has asked for anything: what can be read is a farewell."""
    poll = select.poll()
    poll.register(raw.fileno(), select.POLLIN)
    return bool(poll.poll(0))


@contextmanager
def _inserting() -> Iterator[tuple[CursorWrapper, str]]:
    """A cursor and the statement that it understands."""
    with connection.cursor() as cursor:
        if is_pooled():
            yield cursor, _AT_ONCE
            return
        raw = connection.connection
        if raw not in _prepared:
            cursor.execute(_PREPARE)
            _prepared.add(raw)
        yield cursor, _EXECUTE


def _columns(uploads: Sequence[Upload]) -> list[str]:
    return [
        _array(str(one.receipt) for one in uploads),
        _array(one.digest.hex() for one in uploads),
        _array(one.received_at.isoformat() for one in uploads),
        _array(_told(one.sent_at) for one in uploads),
        _array(_offset(one) for one in uploads),
        _array(one.newest_at.isoformat() for one in uploads),
        _array(str(one.received_at - one.newest_at > limits.FRESH) for one in uploads),
        _array(str(one.readings) for one in uploads),
        _array(one.body.hex() for one in uploads),
    ]


def _array(values: Iterable[str]) -> str:
    """None of ours holds a comma, a brace, a quote or a backslash, and none is empty: a body is an
    object at least."""
    return "{" + ",".join(values) + "}"


def _told(at: dt.datetime | None) -> str:
    return "NULL" if at is None else at.isoformat()


def _offset(upload: Upload) -> str:
    error = clocks.error(upload.sent_at, upload.received_at)
    return "NULL" if error is None else repr(error)
