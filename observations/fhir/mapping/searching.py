"""What a search asks for: whose Observations, of what, when, and which page of them.

A parameter that we do not know is refused, not ignored: an answer to another question than the
one that was asked may hide what the reader looks for. `Prefer: handling=lenient` allows it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from observations import kinds
from observations.fhir.mapping import coding, dates
from observations.fhir.mapping.outcomes import FaultError, Issue
from observations.fhir.mapping.outgoing import CATEGORY, category_of
from observations.intake import payload

PAGE: Final = "_page"
UNLESS_SAID: Final = 50
MOST: Final = 500
_REFERENCE: Final = re.compile(r"(?:.*/)?(Patient|Encounter)/([A-Za-z0-9\-.]{1,64})\Z", re.DOTALL)
_WHOM: Final = {"patient": "Patient", "subject": "Patient", "encounter": "Encounter"}
_BY_NUMBER: Final = frozenset(
    f"{name}{sign}identifier" for name in ("patient", "subject") for sign in (":", ".", ":Patient.")
)
_KNOWN: Final = _WHOM.keys() | _BY_NUMBER | {"code", "date", "category", "_id"}
_CONTROLS: Final = frozenset(("_count", "_sort", "_format", "_pretty", "_total", PAGE))


class Mark(NamedTuple):
    """Where the page before ended."""

    measured_at: datetime
    device_id: int
    kind: int
    sender_id: str


class Wanted(NamedTuple):
    """A search that was understood. All of `patients`, our ids or NHS numbers, must be the one, and
    all of `encounters`."""

    patients: tuple[UUID | str, ...]
    encounters: tuple[UUID, ...]
    kinds: tuple[str, ...]
    panels: bool
    start: datetime | None
    end: datetime | None
    ids: tuple[str, ...]
    size: int
    newest_first: bool
    after: Mark | None
    used: tuple[tuple[str, str], ...]


def wanted(given: Mapping[str, Sequence[str]], *, lenient: bool = False) -> Wanted:
    """Raises FaultError (400)."""
    unknown = [name for name in given if name not in _KNOWN | _CONTROLS]
    if unknown and not lenient:
        raise FaultError(400, *(_unknown(name) for name in sorted(unknown)[:10]))
    asked = {name: values for name, values in given.items() if name not in unknown}
    names, panels = _kinds(asked)
    start, end = _times(asked.get("date", ()))
    found = Wanted(
        tuple(_patients(asked)),
        tuple(_uuid("encounter", value) for value in asked.get("encounter", ())),
        names,
        panels,
        start,
        end,
        tuple(one for value in asked.get("_id", ()) for one in value.split(",") if one),
        _count(asked.get("_count", ())),
        _newest_first(asked.get("_sort", ())),
        _mark(asked.get(PAGE, ())),
        tuple((name, v) for name, values in asked.items() for v in values if name != PAGE),
    )
    if not (found.patients or found.encounters or found.ids):
        raise FaultError(400, Issue("required", "Say whose: patient, encounter or _id."))
    return found


def mark_text(mark: Mark) -> str:
    told = [mark.measured_at.isoformat(), *mark[1:]]
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")


def _patients(asked: Mapping[str, Sequence[str]]) -> Iterator[UUID | str]:
    for name in ("patient", "subject"):
        yield from (_uuid(name, value) for value in asked.get(name, ()))
    for name in sorted(_BY_NUMBER):
        yield from (_nhs_number(name, value) for value in asked.get(name, ()))


def _uuid(name: str, value: str) -> UUID:
    found = _REFERENCE.match(value)
    if found and found[1] != _WHOM[name]:
        raise _wrong(name, "another type's reference")
    try:
        return UUID(found[2] if found else value)
    except ValueError:
        raise _wrong(name, "no id of ours") from None


def _nhs_number(name: str, value: str) -> str:
    system, bar, number = value.rpartition("|")
    digits = number.replace(" ", "")
    if bar and system not in ("", coding.NHS_NUMBER):
        raise _wrong(name, "not an NHS number's system")
    if not (len(digits) == 10 and digits.isascii() and digits.isdigit()):
        raise _wrong(name, "not an NHS number")
    return digits


def _kinds(asked: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], bool]:
    """The kinds to tell, and whether pressures are told as panels. Values behind a comma widen a
    parameter, the same parameter again narrows it."""
    found, panels = set(kinds.KINDS), True
    for value in asked.get("code", ()):
        named = {kind for token in value.split(",") for kind in _coded(token)}
        found &= named
        panels = panels and coding.PANEL in named
    for value in asked.get("category", ()):
        categories = {one for token in value.split(",") for one in _categorised(token)}
        found = {kind for kind in found if category_of(kind) in categories}
        panels = panels and category_of(coding.PANEL) in categories
    return tuple(kind for kind in kinds.KINDS if kind in found), panels


def _coded(token: str) -> set[str]:
    return coding.kinds_coded(*_token("code", token))


def _categorised(token: str) -> set[str]:
    """Without a code all categories of the system."""
    system, code = _token("category", token)
    known = {category_of(kind) for kind in kinds.KINDS} if system in ("", CATEGORY) else set()
    return {one for one in known if code in (one, "")}


def _token(name: str, token: str) -> tuple[str, str]:
    system, _, code = token.rpartition("|")
    if not (system or code):
        raise _wrong(name, "empty")
    return system, code


def _times(values: Sequence[str]) -> tuple[datetime | None, datetime | None]:
    found = [dates.bounds(value) for value in values]
    starts = [one.start for one in found if one.start is not None]
    ends = [one.end for one in found if one.end is not None]
    return max(starts, default=None), min(ends, default=None)


def _count(values: Sequence[str]) -> int:
    if not values:
        return UNLESS_SAID
    told = values[-1]
    if not (told.isascii() and told.isdigit() and len(told) < 10 and int(told)):
        raise _wrong("_count", "not a number from 1")
    return min(int(told), MOST)


def _newest_first(values: Sequence[str]) -> bool:
    told = values[-1] if values else "-date"
    if told not in ("date", "-date"):
        raise _wrong("_sort", "not date or -date")
    return told == "-date"


def _mark(values: Sequence[str]) -> Mark | None:
    if not values:
        return None
    try:
        padded = values[-1] + "=" * (-len(values[-1]) % 4)
        at, device_id, kind, sender_id = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, TypeError, RecursionError):
        raise _no_page() from None
    moment = payload.instant(at)
    whole = isinstance(device_id, int) and isinstance(kind, int) and abs(device_id) < 2**63
    text = isinstance(sender_id, str) and sender_id.isprintable()
    if (
        moment is None
        or not 1900 < moment.year < 9000
        or not whole
        or not text
        or kind not in kinds.NAMES
    ):
        raise _no_page()
    return Mark(moment, device_id, kind, sender_id)


def _no_page() -> FaultError:
    return _wrong(PAGE, "not a page that we named")


def _wrong(name: str, why: str) -> FaultError:
    return FaultError(400, Issue("value", f"{name}: {why}."))


def _unknown(name: str) -> Issue:
    return Issue("not-supported", f"The parameter {name[:60]!r} is not known here.")
