"""When keys and kit were last heard of, for the pages that show it.

One statement a batch, and each row at most once a minute; what another worker has locked is left
to the next batch, because both hold shared locks on the devices of their readings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from observations.draining.uploads import Upload
from observations.storage import copying

_EVERY: Final = timedelta(minutes=1)
_HEARD: Final = """
    WITH heard AS (SELECT unnest(%s::bigint[]) AS id, unnest(%s::timestamptz[]) AS at),
    due AS (
        SELECT t.id, heard.at FROM {table} t JOIN heard ON heard.id = t.id
        WHERE t.{column} IS NULL OR t.{column} < heard.at - interval '1 minute'
        ORDER BY t.id FOR NO KEY UPDATE OF t SKIP LOCKED
    )
    UPDATE {table} t SET {column} = due.at FROM due WHERE t.id = due.id
"""
_KEYS: Final = _HEARD.format(table="observations_devicekey", column="last_used_at")
# Told of kit together with the gateway that heard it.
_DEVICES: Final = """
    WITH heard AS (
        SELECT unnest(%s::bigint[]) AS id, unnest(%s::timestamptz[]) AS at,
               unnest(%s::bigint[]) AS gateway
    ),
    due AS (
        SELECT t.id, heard.at, heard.gateway
        FROM observations_device t JOIN heard ON heard.id = t.id
        WHERE t.last_heard_at IS NULL OR t.last_heard_at < heard.at - interval '1 minute'
        ORDER BY t.id FOR NO KEY UPDATE OF t SKIP LOCKED
    )
    UPDATE observations_device t SET last_heard_at = due.at, last_gateway_id = due.gateway
    FROM due WHERE t.id = due.id
"""


def is_due(noted_at: datetime | None, at: datetime) -> bool:
    return noted_at is None or noted_at < at - _EVERY


def note_keys(uploads: Sequence[Upload]) -> None:
    _note(_KEYS, ((u.key_id, u.received_at) for u in uploads if u.key_id is not None))


def note_devices(heard: Iterable[tuple[int, datetime, int]]) -> None:
    """Each device with when it was heard, and through which gateway."""
    newest: dict[int, tuple[datetime, int]] = {}
    for one, at, gateway in heard:
        if one not in newest or at > newest[one][0]:
            newest[one] = at, gateway
    if newest:
        times = copying.instants(at for at, _ in newest.values())
        gateways = copying.numbers(gateway for _, gateway in newest.values())
        with connection.cursor() as cursor:
            cursor.execute(_DEVICES, [copying.numbers(newest), times, gateways])


def _note(statement: str, heard: Iterable[tuple[int, datetime]]) -> None:
    newest: dict[int, datetime] = {}
    for one, at in heard:
        if one not in newest or at > newest[one]:
            newest[one] = at
    if newest:
        with connection.cursor() as cursor:
            told = [copying.numbers(newest), copying.instants(newest.values())]
            cursor.execute(statement, told)
