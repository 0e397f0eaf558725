"""FHIR's search dates: a prefix and a time of any precision, as a span of instants.

A time without an offset is London's: it is the wall clock of those who ask.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from observations.fhir.mapping.outcomes import FaultError, Issue

_LONDON: Final = ZoneInfo("Europe/London")
_DATE: Final = re.compile(
    r"(?P<prefix>[a-z]{2})?(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<part>\d{1,6}))?)?"
    r"(?P<offset>Z|[+ -]\d\d:\d\d)?)?)?)?\Z",
    re.ASCII,
)
_PRECISE: Final = ("part", "second", "minute", "hour", "day", "month", "year")
_STEPS: Final = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
}


class Bounds(NamedTuple):
    """From `start` to before `end`; None where it is open."""

    start: datetime | None
    end: datetime | None


def bounds(text: str) -> Bounds:
    """Raises FaultError (400)."""
    found = _DATE.match(text)
    if found is None:
        raise _unclear(text)
    try:
        first, after = _span(found)
    except (ValueError, OverflowError):
        raise _unclear(text) from None
    match found["prefix"] or "eq":
        case "eq":
            return Bounds(first, after)
        case "ge":
            return Bounds(first, None)
        case "gt" | "sa":
            return Bounds(after, None)
        case "le":
            return Bounds(None, after)
        case "lt" | "eb":
            return Bounds(None, first)
        case _:
            raise _unclear(text)


def _span(found: re.Match[str]) -> tuple[datetime, datetime]:
    """Its first instant, and the first that is no longer in it."""
    part = (found["part"] or "").ljust(6, "0") if found["part"] else "0"
    year, month, day, hour, minute, second = (int(found[n] or least) for n, least in _LEASTS)
    wall = datetime(  # noqa: DTZ001 — its offset follows
        year, month, day, hour, minute, second, int(part)
    )
    finest = next(name for name in _PRECISE if found[name])
    after = _next(wall, finest, len(found["part"] or ""))
    return _at(wall, found["offset"]), _at(after, found["offset"])


def _next(wall: datetime, finest: str, digits: int) -> datetime:
    if finest == "part":
        return wall + timedelta(microseconds=10 ** (6 - digits))
    if finest in _STEPS:
        return wall + _STEPS[finest]
    if finest == "day":
        return wall + timedelta(days=1)
    month = wall.month if finest == "month" else 12
    return wall.replace(year=wall.year + month // 12, month=month % 12 + 1)


def _at(wall: datetime, offset: str | None) -> datetime:
    if not offset:
        return wall.replace(tzinfo=_LONDON).astimezone(UTC)
    # A plus sign that was not escaped arrives as a space.
    told = offset.replace("Z", "+00:00").replace(" ", "+")
    return datetime.fromisoformat(f"{wall.isoformat()}{told}").astimezone(UTC)


def _unclear(text: str) -> FaultError:
    shown = text[:40]
    return FaultError(400, Issue("value", f"{shown!r} is no date with eq, ge, gt, le or lt.", ""))


_LEASTS: Final = (
    *(("year", 1), ("month", 1), ("day", 1)),
    *(("hour", 0), ("minute", 0), ("second", 0)),
)
