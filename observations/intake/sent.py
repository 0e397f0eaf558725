"""One reading as its sender wrote it: understood, or rejected with the reason.

Nothing runs more often than this. So what the readings of an upload share is asked once an upload,
and what a value means once a value: vital signs come in few different ones. And its classes are
msgspec's, which are made, read and let go of in less time than tuples with names are.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from math import isfinite
from typing import Any, Final, NamedTuple

import msgspec

from observations import kinds, limits
from observations.intake.payload import instant, is_name
from observations.storage.copying import NULL, escaped

SOURCES: Final = {None: 1, "device": 1, "app": 2, "phone": 3, "visit": 4}
QUALITIES: Final = {None: 1, "good": 1, "poor": 2, "unusable": 3}
CONTEXTS: Final = {None: 1, "rest": 1, "exertion": 2, "after_treatment": 3}
EXERTION: Final = CONTEXTS["exertion"]
_CHOICES: Final = (("source", SOURCES), ("quality", QUALITIES), ("context", CONTEXTS))
# What most readings consist of: nothing else in them needs checking.
_PLAIN: Final = frozenset(
    ("id", "device", "patient", "kind", "value", "unit", "measured_at", "set")
)
# Nothing that a reading may hold is nested; what is deeper than this cannot even be written down.
_DEEPEST: Final = 8
_NESTED: Final = frozenset((list, dict))
# Text of this length and less is remembered; longer values are wrong anyhow.
_SHORT: Final = 20
_NUMBERS: Final = frozenset((int, float))
_UNITS: Final = frozenset(unit for kind in kinds.KINDS.values() for unit in kind.units)


class Charted(msgspec.Struct, frozen=True, gc=False):
    """A value at chart precision, and as it was sent; `columns` is how a row holds it."""

    kind: str
    number: float
    code: str | None
    as_sent: str
    columns: str

    @property
    def is_implausible(self) -> bool:
        return not self.columns


class Marks(msgspec.Struct, frozen=True, gc=False):
    """How a reading was taken and told, as a row's numbers and texts; `columns` as above."""

    source: int = 1
    quality: int = 1
    context: int = 1
    reported_by: str | None = None
    comment: str | None = None

    @property
    def columns(self) -> str:
        return f"{self.source}\t{self.quality}\t{self.context}"

    @property
    def counts(self) -> bool:
        """Poor readings and those of exertion are kept and shown, and judge nothing."""
        return self.quality == 1 and self.context != EXERTION


PLAINLY: Final = Marks()


class Sent(msgspec.Struct, frozen=True, gc=False):
    """One reading in order, its value at chart precision, its times in UTC."""

    id: str
    device: str
    patient: str
    measured_at: datetime
    charted: Charted
    marks: Marks = PLAINLY

    @property
    def kind(self) -> str:
        return self.charted.kind

    @property
    def number(self) -> float:
        return self.charted.number

    @property
    def code(self) -> str | None:
        return self.charted.code

    @property
    def as_sent(self) -> str:
        return self.charted.as_sent


class Rejected(NamedTuple):
    """A reading that cannot be stored, and why; `sent` holds it when a person may need it."""

    why: str
    id: str
    sent: Sent | None = None


class Reader:
    """Understands the readings of one upload; never raises.

    `offset` is its gateway's clock error in seconds. It serves lateness and age; identity keeps the
    time as sent, which therefore has bounds of its own: it makes the partition.
    """

    __slots__ = ("_earliest", "_latest", "_names")

    def __init__(self, *, received_at: datetime, offset: float) -> None:
        window, error = limits.ACCEPT_WINDOW, timedelta(seconds=offset)
        self._earliest = received_at - min(window - error, 2 * window)
        self._latest = received_at + min(limits.AHEAD + error, window)
        self._names: set[str] = set()

    def read(self, item: object) -> Sent | Rejected:
        if not isinstance(item, dict):
            return Rejected("not_an_object", "")
        sender_id: Any = item.get("id")
        if not is_name(sender_id, limits.MAX_ID):
            return Rejected("id_invalid", "")
        told = item.get
        plain = item.keys() <= _PLAIN
        why = (
            _is_too_deep(item)
            or self._who_is_wrong(told("device"), told("patient"))
            or ("" if plain else _extras_are_wrong(item))
        )
        if why:
            return Rejected(why, sender_id)
        at = instant(told("measured_at"))
        if at is None:
            missing = told("measured_at") is None
            return Rejected("measured_at_missing" if missing else "measured_at_invalid", sender_id)
        if not self._earliest <= at <= self._latest:
            return Rejected("too_old" if at < self._earliest else "in_future", sender_id)
        return _sent(item, sender_id, at, PLAINLY if plain else _marks(item))

    def _who_is_wrong(self, device: object, patient: object) -> str:
        if device is None and patient is None:
            return "no_device_or_patient"
        known = self._names  # the same few names all over an upload
        if device is not None and device not in known:
            if not is_name(device, limits.MAX_ID):
                return "device_invalid"
            known.add(str(device))
        if patient is not None and not is_name(patient, limits.MAX_PATIENT):
            return "patient_invalid"
        return ""


def storable(value: Any) -> Any:
    """PostgreSQL's text and jsonb hold every character but NUL, and no number that is infinite,
    which is how 1e400 is read."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if isinstance(value, list):
        return [storable(part) for part in value]
    if isinstance(value, dict):
        return {storable(name): storable(part) for name, part in value.items()}
    return value


def as_sent(value: object, unit: object) -> str:
    """ "100.4 degF", as the sender wrote it, shortened where that is absurd."""
    try:
        told = value if isinstance(value, str) else str(value)
    except ValueError:  # an integer of thousands of digits
        told = "a very long number"
    except RecursionError:
        told = "something nested"
    return (f"{told} {unit}" if unit else told)[:120]


def _sent(item: dict[str, Any], sender_id: str, at: datetime, marks: Marks) -> Sent | Rejected:
    charted = _charted(item.get("kind"), item.get("value"), item.get("unit"))
    if isinstance(charted, kinds.Problem):
        return Rejected(charted.why, sender_id)
    patient = item.get("patient")
    named = patient.replace(" ", "") if patient else ""
    sent = Sent(sender_id, item.get("device") or "", named, at, charted, marks)
    return Rejected("implausible", sender_id, sent) if charted.is_implausible else sent


def _charted(kind: object, value: object, unit: object) -> Charted | kinds.Problem:
    known = isinstance(kind, str) and kind in kinds.KINDS and _is_unit(unit)
    if known and (type(value) in _NUMBERS or (isinstance(value, str) and len(value) <= _SHORT)):
        return _remembered(kind, value, unit)
    return _chart(kind, value, unit)


def _is_unit(unit: object) -> bool:
    return unit is None or (isinstance(unit, str) and unit in _UNITS)


def _chart(kind: object, value: object, unit: object) -> Charted | kinds.Problem:
    """What no body can have is charted without columns: nothing stores it, a person may see it."""
    parsed = kinds.parse(kind, value, unit)
    sent = storable(as_sent(value, unit))
    if not isinstance(parsed, kinds.Problem):
        columns = (kinds.NUMBERS[str(kind)], parsed.number, parsed.code or NULL, escaped(sent))
        return Charted(str(kind), *parsed, sent, "\t".join(map(str, columns)))
    return Charted(str(kind), 0.0, None, sent, "") if parsed.why == "implausible" else parsed


# Typed, because True is 1 and 1.0 is 1, and neither was sent as the other.
_remembered = lru_cache(maxsize=16_384, typed=True)(_chart)


def _marks(item: dict[str, Any]) -> Marks:
    return Marks(
        SOURCES[item.get("source")],
        QUALITIES[item.get("quality")],
        CONTEXTS[item.get("context")],
        storable(item.get("reported_by")),
        storable(item.get("comment")),
    )


def _is_too_deep(item: dict[str, Any]) -> str:
    """Level by level, since recursion is what it guards against."""
    if _NESTED.isdisjoint(map(type, item.values())):  # nearly always
        return ""
    level = [part for part in item.values() if type(part) in _NESTED]
    for _ in range(_DEEPEST):
        if not level:
            return ""
        inner = (one.values() if isinstance(one, dict) else one for one in level)
        level = [part for parts in inner for part in parts if type(part) in _NESTED]
    return "nested_too_deeply" if level else ""


def _extras_are_wrong(item: dict[str, Any]) -> str:
    for name, known in _CHOICES:
        given = item.get(name)
        if given is not None and (not isinstance(given, str) or given not in known):
            return f"{name}_unknown"
    if not _is_text(item.get("reported_by"), limits.MAX_REPORTED_BY):
        return "reported_by_invalid"
    return "" if _is_text(item.get("comment"), limits.MAX_COMMENT) else "comment_invalid"


def _is_text(value: object, longest: int) -> bool:
    return value is None or (isinstance(value, str) and len(value) <= longest)
