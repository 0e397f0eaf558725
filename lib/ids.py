"""UUIDs of version 7 (RFC 9562): in order of time, so that an index grows at its end."""

import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_VERSION_AND_VARIANT: Final = (7 << 76) | (0b10 << 62)


def uuid7() -> UUID:
    """A new id of this moment."""
    return _uuid7(time.time_ns())


def uuid7_at(at: datetime) -> UUID:
    """A new id of an aware moment that is given, to the microsecond."""
    return _uuid7((at - _EPOCH) // timedelta(microseconds=1) * 1000)


def moment_of(identifier: UUID) -> datetime:
    """The millisecond in which an id was made, UTC."""
    return _EPOCH + timedelta(milliseconds=identifier.int >> 80)


def _uuid7(nanoseconds: int) -> UUID:
    # The twelve bits after the milliseconds hold their fraction (RFC 9562, method 3): ids of one
    # process stay in order without a lock, to a quarter of a microsecond.
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    fraction = (rest << 12) // 1_000_000
    value = (milliseconds << 80) | (fraction << 64) | secrets.randbits(62)
    return UUID(int=value | _VERSION_AND_VARIANT)
