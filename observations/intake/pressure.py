"""What cannot be kept is refused: an inbox that is full, a key that sends too much."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.db import connection

from observations.intake import wakeups
from observations.storage import lanes, queries

# How long a web process believes what it last saw of the inbox's depth.
_DEPTH_SEEN_FOR: Final = 1.0
_WAITING: Final = f"""
    SELECT count(*) FROM (
        SELECT 1 FROM observations_inbox WHERE {lanes.FRESH}
        UNION ALL SELECT 1 FROM observations_inbox WHERE {lanes.REPLAYED}
        LIMIT %s
    ) AS waiting
"""  # noqa: S608 — put together from constants of ours
_seen: dict[str, tuple[float, bool]] = {}
# Whose uploads are counted under which key, as far as this process has kept any. It opens nothing.
_MOST_KEYS: Final = 20_000
_gateways: dict[bytes, int] = {}


def is_full() -> bool:
    """Asked once a second, since counting must cost nothing."""
    database = str(connection.settings_dict["NAME"])
    at, full = _seen.get(database, (0.0, False))
    if time.monotonic() - at < _DEPTH_SEEN_FOR:
        return full
    full = _waiting_at_least(settings.INBOX_LIMIT)
    _seen[database] = (time.monotonic(), full)
    return full


def sends_too_much(digest: bytes) -> bool:
    """As far as this process knows: it hears of the others' within a tenth of a second, and of a
    gateway with that gateway's first upload to it. Open while Redis is away."""
    gateway_id = _gateways.get(digest)
    if gateway_id is None:
        return False
    return wakeups.sent_this_minute(gateway_id) >= settings.KEY_READINGS_A_MINUTE


def kept(uploads: Iterable[tuple[bytes, int, int]]) -> None:
    """Count them, each with its key's digest, gateway and number of readings; wake a worker. An
    upload without a reading costs as much as one of a single reading, and counts so."""
    if len(_gateways) > _MOST_KEYS:
        _gateways.clear()
    for digest, gateway_id, readings in uploads:
        _gateways[digest] = gateway_id
        wakeups.accepted(gateway_id, max(readings, 1))


def forget() -> None:
    """What this process believes of depth and keys; for whoever has just changed it."""
    _seen.clear()
    _gateways.clear()


def _waiting_at_least(number: int) -> bool:
    return int(queries.rows(_WAITING, [number])[0][0]) >= number
