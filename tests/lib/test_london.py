"""London's clock, both of its changes included."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import london

SPRING = date(2024, 3, 31)
AUTUMN = date(2024, 10, 27)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


# London day, the count's instant, source
COUNTS = [
    (date(2023, 12, 21), utc(2023, 12, 21, 8), "domain.md: the published Thursday"),
    (date(2024, 7, 4), utc(2024, 7, 4, 7), "British Summer Time"),
    (SPRING - timedelta(days=1), utc(2024, 3, 30, 8), "last day of winter time"),
    (SPRING, utc(2024, 3, 31, 7), "clocks went forward at 01:00"),
    (AUTUMN - timedelta(days=1), utc(2024, 10, 26, 7), "last day of summer time"),
    (AUTUMN, utc(2024, 10, 27, 8), "clocks went back at 02:00"),
]


@pytest.mark.parametrize(("day", "instant", "source"), COUNTS)
def test_the_count_is_at_eight_in_london_whatever_the_season(day, instant, source):
    assert london.count_instant(day) == instant, source


@pytest.mark.parametrize(
    ("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2024, 6, 1), 24), (date(2024, 1, 1), 24)]
)
def test_a_london_day_has_the_hours_it_has(day, hours):
    start, end = london.day_bounds(day)
    assert end - start == timedelta(hours=hours)
    assert london.day_of(start) == day
    assert london.day_of(end) == day + timedelta(days=1)


def test_the_hour_that_comes_twice_is_told_apart_by_its_fold():
    assert london.to_utc(AUTUMN, time(1, 30)) == utc(2024, 10, 27, 0, 30)
    assert london.to_utc(AUTUMN, time(1, 30), fold=1) == utc(2024, 10, 27, 1, 30)


def test_a_time_that_spring_skips_is_what_the_old_clock_would_have_called_so():
    assert london.to_utc(SPRING, time(1, 30)) == utc(2024, 3, 31, 1, 30)


@given(at=st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)))
def test_an_instant_survives_the_way_to_london_and_back(at):
    wall = london.wall(at)
    assert london.to_utc(wall.date(), wall.time(), fold=wall.fold) == at
    start, end = london.day_bounds(london.day_of(at))
    assert start <= at < end


def test_moments_are_written_as_the_nhs_writes_them():
    at = utc(2023, 12, 14, 7, 45)
    assert london.long_moment(at) == "Thursday 14 December 2023, 07:45"
    assert london.clock(utc(2024, 7, 1, 6, 5)) == "07:05"
    assert london.short_day(date(2023, 12, 18)) == "Mon 18 Dec"
    assert london.dated(utc(2023, 12, 18, 7, 45)) == "Mon 18 Dec, 07:45"
    assert london.plain_day(date(1944, 3, 3)) == "3 Mar 1944"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (utc(2023, 12, 14, 6, 10), "06:10"),
        (utc(2023, 12, 13, 23, 40), "Wed 23:40"),
        (utc(2023, 12, 4, 7, 45), "Mon 4 Dec 07:45"),
        (utc(2022, 12, 4, 7, 45), "Sun 4 Dec 2022 07:45"),
    ],
)
def test_a_moment_near_now_says_only_what_is_needed(at, words):
    assert london.near_moment(at, utc(2023, 12, 14, 7, 45)) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=12, seconds=59), "12 min"),
        (timedelta(minutes=99), "99 min"),
        (timedelta(minutes=100), "1 h"),
        (timedelta(hours=9, minutes=59), "9 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(hours=48), "2 days"),
    ],
)
def test_an_age_is_one_short_unit_and_never_rounded_down_to_fresh(span, words):
    now = utc(2023, 12, 14, 7, 45)
    assert london.age(now - span, now) == words


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (date(1944, 3, 3), date(2023, 12, 14), 79),
        (date(2007, 12, 14), date(2023, 12, 13), 15),
        (date(2007, 12, 14), date(2023, 12, 14), 16),
        (date(2008, 2, 29), date(2024, 2, 28), 15),
        (date(2007, 2, 28), date(2023, 2, 28), 16),
    ],
)
def test_age_in_years_turns_on_the_birthday(born, day, years):
    assert london.years_between(born, day) == years


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (utc(2026, 7, 1, 6, 59), date(2026, 6, 30)),
        (utc(2026, 7, 1, 7), date(2026, 7, 1)),
        (utc(2026, 12, 1, 7, 59), date(2026, 11, 30)),
    ],
)
def test_the_last_count_is_yesterdays_until_eight_in_london(at, day):
    assert london.last_counted(at) == day
