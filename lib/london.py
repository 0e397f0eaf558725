"""London wall time at the edges of a program that counts in UTC."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")
# NHS England counts who is on a ward at 08:00 (Virtual Ward SitRep).
COUNT_TIME: Final = time(8)


def to_utc(day: date, at: time, *, fold: int = 0) -> datetime:
    """The instant of a wall time. In autumn `fold=1` means the second 01:30; a time that spring
    skips means the instant that the old clock would have called so."""
    return datetime.combine(day, at.replace(fold=fold, tzinfo=LONDON)).astimezone(UTC)


def wall(at: datetime) -> datetime:
    """An instant on London's clock."""
    return at.astimezone(LONDON)


# A board asks of the same hundred instants again and again.
@lru_cache(maxsize=4096)
def day_of(at: datetime) -> date:
    """The London date on which an instant falls."""
    return wall(at).date()


def count_instant(day: date) -> datetime:
    """When a day's patients are counted, in UTC: 08:00 London."""
    return to_utc(day, COUNT_TIME)


def last_counted(at: datetime) -> date:
    """The day of the last 08:00 count: yesterday while it is not yet eight."""
    today = day_of(at)
    return today if count_instant(today) <= at else today - timedelta(days=1)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """A London day's first instant and the next day's, in UTC: 23, 24 or 25 hours apart."""
    return to_utc(day, time(0)), to_utc(day + timedelta(days=1), time(0))


@lru_cache(maxsize=4096)
def clock(at: datetime) -> str:
    """07:45"""
    there = wall(at)
    return f"{there.hour:02}:{there.minute:02}"


def long_day(day: date) -> str:
    """Thursday 14 December 2023"""
    return f"{day:%A} {day.day} {day:%B %Y}"


def long_moment(at: datetime) -> str:
    """Thursday 14 December 2023, 07:45"""
    return f"{long_day(day_of(at))}, {clock(at)}"


def short_day(day: date) -> str:
    """Mon 18 Dec"""
    return f"{day:%a} {day.day} {day:%b}"


def dated(at: datetime) -> str:
    """Mon 18 Dec, 07:45: for what may be printed, or left open over night"""
    return f"{short_day(day_of(at))}, {clock(at)}"


def plain_day(day: date) -> str:
    """3 Mar 1944"""
    return f"{day.day} {day:%b %Y}"


@lru_cache(maxsize=4096)
def near_moment(at: datetime, now: datetime) -> str:
    """07:45 today, Wed 23:40 within six days, else Mon 4 Dec 07:45 (with the year if another)."""
    day, today = day_of(at), day_of(now)
    if day == today:
        return clock(at)
    if abs((day - today).days) < 7:
        return f"{day:%a} {clock(at)}"
    year = "" if day.year == today.year else f" {day.year}"
    return f"{short_day(day)}{year} {clock(at)}"


# The values of a set, and the words about it, are of one instant.
@lru_cache(maxsize=4096)
def age(then: datetime, now: datetime) -> str:
    """How long ago, in the one unit that a glance needs: 40 s, 12 min, 9 h, 2 days.

    Minutes up to 99 and hours up to 47: an observation's age matters most there.
    """
    return duration(now - then)


def duration(span: timedelta) -> str:
    """A length of time as `age` words it; a negative one counts as nothing."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 100 * 60:
        return f"{seconds // 60} min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600} h"
    return f"{seconds // 86400} days"


def years_between(born: date, day: date) -> int:
    """Age in whole years; born on 29 February, one is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
