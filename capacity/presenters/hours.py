"""A ward's hours in words, for banners, letters and FHIR."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from capacity.actions.hours import gap_words
from capacity.hours import MIDNIGHT, Period, ToCall, Week, gaps
from lib.london import clock, day_of, near_moment, plain_day

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_Shift = tuple[dt.time, dt.time, str]


class Staffed(NamedTuple):
    """Mon to Fri | 08:00 to 20:00 | 0116 496 0321"""

    days: str
    times: str
    phone: str

    def __str__(self) -> str:
        return f"{self.days} {self.times}: {self.phone}"


def staffed(periods: Iterable[Period]) -> list[Staffed]:
    """Days that follow each other and are alike stand in one line."""
    kept = sorted(periods)
    alike = [(shifts, list(days)) for shifts, days in groupby(range(7), lambda d: _of(d, kept))]
    return [Staffed(_days(days), _times(one), one[2]) for shifts, days in alike for one in shifts]


def week_words(week: Week) -> str:
    """Mon to Fri 08:00 to 20:00: 0116 496 0321; otherwise Night team: 07700 900 555"""
    told = [str(line) for line in staffed(week.periods)]
    otherwise = f"otherwise {week.team}: {week.phone}" if told else f"{week.team}: {week.phone}"
    return "; ".join([*told, otherwise] if week.team else told)


def call_words(call: ToCall | None, now: dt.datetime) -> str:
    """Ward 0116 496 0321; after 20:00 Night team 07700 900 555"""
    if call is None:
        return ""
    who = f"{call.team} {call.phone}" if call.team else f"Ward {call.phone}"
    if call.until is None:
        return who
    when = _soon(call.until, now)
    if not call.team:
        then = f"{call.next_team} {call.next_phone}" if call.next_team else call.next_phone
        return f"{who}; after {when} {then}"
    return f"{who} until {when}"


def since_words(week: Week) -> str:
    """from 3 Mar 2026 until 1 Dec 2026"""
    until = f" until {plain_day(week.ends)}" if week.ends else ""
    return f"from {plain_day(week.starts)}{until}"


class WeekLines(NamedTuple):
    when: str
    lines: list[Staffed]
    gaps: list[str]
    otherwise: str
    current: bool


class HoursPresenter:
    """A ward's hours as they are, were and will be, the newest first."""

    def __init__(self, weeks: Sequence[Week], call: ToCall | None, at: dt.datetime) -> None:
        self.call = call_words(call, at)
        today = day_of(at)
        self.weeks = [_lines(week, today) for week in reversed(weeks)]


def _lines(week: Week, today: dt.date) -> WeekLines:
    otherwise = f"{week.team}: {week.phone}" if week.team else ""
    return WeekLines(
        when=since_words(week),
        lines=staffed(week.periods),
        gaps=[gap_words(gap) for gap in gaps(week.periods)],
        otherwise=otherwise,
        current=week.holds_on(today),
    )


def _of(day: int, periods: list[Period]) -> tuple[_Shift, ...]:
    return tuple((one.opens, one.closes, one.phone) for one in periods if one.weekday == day)


def _days(days: list[int]) -> str:
    if len(days) == 7:
        return "Every day"
    first, last = _DAYS[days[0]], _DAYS[days[-1]]
    if len(days) < 3:
        return " and ".join(_DAYS[day] for day in days)
    return f"{first} to {last}"


def _times(shift: _Shift) -> str:
    opens, closes, _ = shift
    if opens == closes == MIDNIGHT:
        return "day and night"
    return f"{opens:%H:%M} to {'24:00' if closes == MIDNIGHT else format(closes, '%H:%M')}"


def _soon(at: dt.datetime, now: dt.datetime) -> str:
    """A time to come within a day needs no weekday."""
    return clock(at) if at - now < dt.timedelta(hours=20) else near_moment(at, now)
