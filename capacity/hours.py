"""When a ward is staffed and whom to call at any instant: arithmetic of weeks on London's clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")
MIDNIGHT: Final = dt.time(0)
_MINUTES_A_DAY: Final = 24 * 60
_MINUTES_A_WEEK: Final = 7 * _MINUTES_A_DAY
_DAY: Final = dt.timedelta(days=1)
# Beyond a week and a day every week has shown all of its turns.
_AHEAD: Final = 9


class Period(NamedTuple):
    """A ward is staffed on a weekday (Monday is 0), London wall time; closing at 00:00 is the
    day's end."""

    weekday: int
    opens: dt.time
    closes: dt.time
    phone: str

    @property
    def begins(self) -> int:
        """Minutes since Monday 00:00."""
        return self.weekday * _MINUTES_A_DAY + _minutes(self.opens)

    @property
    def ends(self) -> int:
        return self.weekday * _MINUTES_A_DAY + (_minutes(self.closes) or _MINUTES_A_DAY)


@dataclass(frozen=True, slots=True)
class Week:
    """A ward's hours from one London date to another, and who is called at all other times."""

    starts: dt.date
    ends: dt.date | None
    team: str
    phone: str
    periods: tuple[Period, ...]

    def holds_on(self, day: dt.date) -> bool:
        return self.starts <= day and (self.ends is None or day < self.ends)


class Gap(NamedTuple):
    """Time of a week when the ward is not staffed, as minutes since Monday 00:00; one that runs
    over Sunday's end ends beyond the week."""

    begins: int
    ends: int


class Span(NamedTuple):
    """A period as it falls on the calendar."""

    starts: dt.datetime
    ends: dt.datetime
    phone: str


class ToCall(NamedTuple):
    """Whom to call at an instant. `team` is empty for the ward itself; `until` when that ends,
    None where it never does; then the next."""

    team: str
    phone: str
    until: dt.datetime | None
    next_team: str = ""
    next_phone: str = ""


def every_day(opens: dt.time, closes: dt.time, phone: str) -> tuple[Period, ...]:
    return tuple(Period(weekday, opens, closes, phone) for weekday in range(7))


def overlap(periods: Iterable[Period]) -> tuple[Period, Period] | None:
    """The first two that say different things of one time."""
    pairs = pairwise(sorted(periods))
    return next(((a, b) for a, b in pairs if b.begins < a.ends), None)


def gaps(periods: Iterable[Period]) -> list[Gap]:
    """When the ward is not staffed in a week, in order."""
    inside = sorted(periods)
    if not inside:
        return [Gap(0, _MINUTES_A_WEEK)]
    around = [*inside, inside[0]._replace(weekday=inside[0].weekday + 7)]
    return [Gap(a.ends, b.begins) for a, b in pairwise(around) if a.ends < b.begins]


def week_on(weeks: Iterable[Week], day: dt.date) -> Week | None:
    """The one in force on a London date."""
    return next((week for week in weeks if week.holds_on(day)), None)


def to_call(weeks: Sequence[Week], at: dt.datetime) -> ToCall | None:
    """None where nobody has said when the ward is staffed."""
    week = week_on(weeks, at.astimezone(LONDON).date())
    if week is None:
        return None
    spans = list(_spans(weeks, at))
    here = next((span for span in spans if span.starts <= at < span.ends), None)
    if here is None:
        opening = next((span for span in spans if span.starts > at), None)
        if opening is None:
            return ToCall(week.team, week.phone, None)
        return ToCall(week.team, week.phone, opening.starts, "", opening.phone)
    after = next((span for span in spans if span.starts == here.ends), None)
    if after is not None:
        return ToCall("", here.phone, here.ends, "", after.phone)
    then = week_on(weeks, here.ends.astimezone(LONDON).date()) or week
    return ToCall("", here.phone, here.ends, then.team, then.phone)


def next_turn(weeks: Sequence[Week], at: dt.datetime) -> dt.datetime | None:
    """When the ward next closes or opens; None where it never does within a week."""
    for span in _shifts(weeks, at):
        if span.starts > at:
            return span.starts
        if at < span.ends:
            return span.ends if span.ends - at < _AHEAD * _DAY - _DAY else None
    return None


def is_staffed(weeks: Sequence[Week], at: dt.datetime) -> bool:
    return any(span.starts <= at < span.ends for span in _spans(weeks, at))


def _shifts(weeks: Sequence[Week], at: dt.datetime) -> Iterator[Span]:
    """Periods that follow each other without a gap are one."""
    open_: Span | None = None
    for span in _spans(weeks, at):
        if open_ is not None and span.starts <= open_.ends:
            open_ = open_._replace(ends=max(open_.ends, span.ends))
            continue
        if open_ is not None:
            yield open_
        open_ = span
    if open_ is not None:
        yield open_


def _spans(weeks: Sequence[Week], at: dt.datetime) -> Iterator[Span]:
    """From the day before until a week has passed, in order."""
    today = at.astimezone(LONDON).date()
    for ahead in range(-1, _AHEAD):
        day = today + ahead * _DAY
        week = week_on(weeks, day)
        for period in sorted(week.periods) if week else ():
            if period.weekday == day.weekday():
                yield _on(day, period)


def _on(day: dt.date, period: Period) -> Span:
    last = day if period.closes > MIDNIGHT else day + _DAY
    return Span(_instant(day, period.opens), _instant(last, period.closes), period.phone)


def _instant(day: dt.date, at: dt.time) -> dt.datetime:
    """In autumn the first 01:30 counts; a time that spring skips is the old clock's."""
    return dt.datetime.combine(day, at, LONDON).astimezone(dt.UTC)


def _minutes(at: dt.time) -> int:
    return at.hour * 60 + at.minute
