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

from observations import kinds, limits

SOURCES: Final = {None: 1, "device": 1, "app": 2, "phone": 3, "visit": 4}
QUALITIES: Final = {None: 1, "good": 1, "poor": 2, "unusable": 3}
CONTEXTS: Final = {None: 1, "rest": 1, "exertion": 2, "after_treatment": 3}
# What most readings consist of: nothing else in them needs checking.
_PLAIN: Final = frozenset(
    ("id", "device", "patient", "kind", "value", "unit", "measured_at", "set")
)
_LONGEST_TIME: Final = 40
# Nothing that a reading may hold is nested; what is deeper than this cannot even be written down.
_DEEPEST: Final = 8
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


class Sent(NamedTuple):
    """One reading in order, its value at chart precision, its times in UTC."""

    id: str
    device: str
    patient: str
    kind: str
    measured_at: datetime
    number: float
    code: str | None
    as_sent: str
    source: int
    quality: int
    context: int
    reported_by: str | None
    comment: str | None


class Rejected(NamedTuple):
    """A reading that cannot be stored, and why; `sent` holds it when a person may need it."""

    why: str
    id: str
    sent: Sent | None = None


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


def read(item: object, *, received_at: datetime, offset: float) -> Sent | Rejected:
    """Understand one reading; never raises. `offset` is its gateway's clock error in seconds."""
    if not isinstance(item, dict):
        return Rejected("not_an_object", "")
    sender_id: Any = item.get("id")
    if not is_name(sender_id, limits.MAX_ID):
        return Rejected("id_invalid", "")
    why = _is_too_deep(item) or _who_is_wrong(item) or _extras_are_wrong(item)
    if why:
        return Rejected(why, sender_id)
    at = instant(item.get("measured_at"))
    why = _time_is_wrong(item.get("measured_at"), at, received_at, offset)
    if why or at is None:
        return Rejected(why, sender_id)
    return _value(item, sender_id, at)


def without_nul(value: Any) -> Any:
    """PostgreSQL's text and jsonb hold every character but this one."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, list):
        return [without_nul(part) for part in value]
    if isinstance(value, dict):
        return {without_nul(name): without_nul(part) for name, part in value.items()}
    return value


def _value(item: dict[str, Any], sender_id: str, at: datetime) -> Sent | Rejected:
    kind, value, unit = item.get("kind"), item.get("value"), item.get("unit")
    parsed = kinds.parse(kind, value, unit)
    if isinstance(parsed, kinds.Problem) and parsed.why != "implausible":
        return Rejected(parsed.why, sender_id)
    sent = Sent(
        sender_id,
        item.get("device") or "",
        (item.get("patient") or "").replace(" ", ""),
        str(kind),
        at,
        0.0 if isinstance(parsed, kinds.Problem) else parsed.number,
        None if isinstance(parsed, kinds.Problem) else parsed.code,
        as_sent(value, unit),
        SOURCES[item.get("source")],
        QUALITIES[item.get("quality")],
        CONTEXTS[item.get("context")],
        without_nul(item.get("reported_by")),
        without_nul(item.get("comment")),
    )
    return Rejected(parsed.why, sender_id, sent) if isinstance(parsed, kinds.Problem) else sent


def as_sent(value: object, unit: object) -> str:
    """ "100.4 degF", as the sender wrote it, shortened where that is absurd."""
    try:
        told = value if isinstance(value, str) else str(value)
    except ValueError:  # an integer of thousands of digits
        told = "a very long number"
    except RecursionError:
        told = "something nested"
    return (f"{told} {unit}" if unit else told)[:120]


def _is_too_deep(item: dict[str, Any]) -> str:
    """Level by level, since recursion is what it guards against."""
    level = [part for part in item.values() if isinstance(part, list | dict)]
    for _ in range(_DEEPEST):
        if not level:
            return ""
        inner = (one.values() if isinstance(one, dict) else one for one in level)
        level = [part for parts in inner for part in parts if isinstance(part, list | dict)]
    return "nested_too_deeply" if level else ""


def _who_is_wrong(item: dict[str, Any]) -> str:
    device, patient = item.get("device"), item.get("patient")
    if device is None and patient is None:
        return "no_device_or_patient"
    if device is not None and not is_name(device, limits.MAX_ID):
        return "device_invalid"
    if patient is not None and not is_name(patient, limits.MAX_PATIENT):
        return "patient_invalid"
    return ""


def _extras_are_wrong(item: dict[str, Any]) -> str:
    if item.keys() <= _PLAIN:
        return ""
    for name, known in _CHOICES:
        given = item.get(name)
        if given is not None and (not isinstance(given, str) or given not in known):
            return f"{name}_unknown"
    if not _is_text(item.get("reported_by"), limits.MAX_REPORTED_BY):
        return "reported_by_invalid"
    return "" if _is_text(item.get("comment"), limits.MAX_COMMENT) else "comment_invalid"


def _time_is_wrong(sent: object, at: datetime | None, received_at: datetime, offset: float) -> str:
    if at is None:
        return "measured_at_missing" if sent is None else "measured_at_invalid"
    # The gateway's clock error serves lateness and age; identity keeps the time as sent, which
    # therefore has bounds of its own: it makes the partition.
    age = (received_at - at).total_seconds() + offset
    if age > _WINDOW or (received_at - at).total_seconds() > 2 * _WINDOW:
        return "too_old"
    ahead = age < -_AHEAD or (at - received_at).total_seconds() > _WINDOW
    return "in_future" if ahead else ""


def is_name(value: Any, longest: int) -> bool:
    """Whether it is text that can be shown, and not too long."""
    return isinstance(value, str) and 0 < len(value) <= longest and value.isprintable()


def _is_text(value: object, longest: int) -> bool:
    return value is None or (isinstance(value, str) and len(value) <= longest)


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


_CHOICES: Final = (("source", SOURCES), ("quality", QUALITIES), ("context", CONTEXTS))
_WINDOW: Final = limits.ACCEPT_WINDOW.total_seconds()
_AHEAD: Final = limits.AHEAD.total_seconds()
