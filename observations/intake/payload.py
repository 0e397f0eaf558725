"""What a gateway's body says: strict about JSON as a whole, patient with each reading in it.

Only a body that is no RFC 8259 JSON, or no object with a list `readings`, is refused; whatever is
wrong inside a reading is that reading's own outcome.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple, NoReturn

import msgspec

_LONGEST_TIME: Final = 40
_ROOM: Final = 1000
_decoder: Final = msgspec.json.Decoder()
_encode: Final = json.JSONEncoder(ensure_ascii=False).encode


class MalformedError(Exception):
    """Not JSON, or not an upload; the message may be shown to the sender."""


class Upload(NamedTuple):
    """A body that was understood; each reading is still whatever the sender wrote."""

    sent_at: datetime | None
    readings: list[Any]
    devices: Sequence[Any] = ()


def decode(body: bytes) -> Upload:
    """Raises MalformedError."""
    try:
        body.decode()
        told = _decoder.decode(body)
    except UnicodeDecodeError:
        raise MalformedError("The body is not UTF-8.") from None
    except RecursionError:
        raise MalformedError("The body is nested too deeply.") from None
    except (msgspec.DecodeError, ValueError):
        told = _decode_slowly(body)
    if not isinstance(told, dict) or not isinstance(told.get("readings"), list):
        raise MalformedError('The body is not an object with a list "readings".')
    devices = told.get("devices")
    listed = devices if isinstance(devices, list) else ()
    return Upload(instant(told.get("sent_at")), told["readings"], listed)


def decode_again(body: bytes) -> Upload:
    """What was accepted once, wherever the caller stands: nesting that a request had room for must
    not be too deep for a worker with more frames below it."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit + _ROOM)
    try:
        return decode(body)
    finally:
        sys.setrecursionlimit(limit)


def instant(text: object) -> datetime | None:
    """An RFC 3339 time with its offset, in UTC; None for anything else."""
    return _instant(text) if isinstance(text, str) else None


@lru_cache(maxsize=8192)
def _instant(text: str) -> datetime | None:
    # Remembered, because the readings of a set share their time, and each is asked three times.
    if len(text) < 20 or text[10] not in "Tt " or len(text) > _LONGEST_TIME:
        return None
    try:
        at = datetime.fromisoformat(text if text.isupper() else text.upper())
        return None if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def newest_at(readings: Iterable[Any], *, otherwise: datetime) -> datetime:
    """The newest time that any of the readings claims; chooses the lane, and nothing else."""
    times = (instant(r.get("measured_at")) for r in readings if isinstance(r, dict))
    return max((at for at in times if at is not None), default=otherwise)


def is_name(value: Any, longest: int) -> bool:
    """Whether it is text that can be shown, and not too long."""
    return isinstance(value, str) and 0 < len(value) <= longest and value.isprintable()


def _decode_slowly(body: bytes) -> Any:
    """1e400 and integers of many digits are JSON too, and one reading's fault, not the body's."""
    try:
        told = json.loads(body.decode(), parse_constant=_no_constant, parse_int=_whole)
        # Lone surrogates are let through by the standard library, and by nothing behind it.
        _encode(told).encode()
    except (ValueError, RecursionError):
        raise MalformedError("The body is not JSON as RFC 8259 has it.") from None
    return told


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) < 19 else float(digits)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
