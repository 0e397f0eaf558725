"""Whom to call at an instant: weeks on London's clock, in summer and in winter, and at the turn."""

import datetime as dt
import random

import pytest

from capacity.hours import (
    MIDNIGHT,
    Gap,
    Period,
    Week,
    every_day,
    gaps,
    is_staffed,
    next_turn,
    overlap,
    to_call,
)
from lib.london import to_utc, wall

EIGHT, TWENTY = dt.time(8), dt.time(20)
START = dt.date(2020, 1, 1)
DAILY = (Week(START, None, "Night team", "N", every_day(EIGHT, TWENTY, "W")),)
# Two numbers on weekdays, none at the weekend.
WEEKDAYS = (
    Week(
        START,
        None,
        "Night team",
        "N",
        tuple(
            Period(day, *one)
            for day in range(5)
            for one in ((EIGHT, dt.time(13), "AM"), (dt.time(13), TWENTY, "PM"))
        ),
    ),
)
# Clocks go forward on Sunday 29 March 2026 at 01:00 UTC, back on 25 October 2026 at 01:00 UTC.
SPRING, AUTUMN = dt.date(2026, 3, 29), dt.date(2026, 10, 25)


def at(day, hour, minute=0):
    return to_utc(day, dt.time(hour, minute))


@pytest.mark.parametrize(
    ("weeks", "when", "team", "phone", "until"),
    [
        (DAILY, at(dt.date(2026, 1, 5), 8), "", "W", at(dt.date(2026, 1, 5), 20)),
        (DAILY, at(dt.date(2026, 1, 5), 7, 59), "Night team", "N", at(dt.date(2026, 1, 5), 8)),
        # The instant of closing is the night's.
        (DAILY, at(dt.date(2026, 1, 5), 20), "Night team", "N", at(dt.date(2026, 1, 6), 8)),
        (WEEKDAYS, at(dt.date(2026, 1, 5), 12, 59), "", "AM", at(dt.date(2026, 1, 5), 13)),
        (WEEKDAYS, at(dt.date(2026, 1, 5), 13), "", "PM", at(dt.date(2026, 1, 5), 20)),
        # Friday evening until Monday morning.
        (WEEKDAYS, at(dt.date(2026, 1, 9), 21), "Night team", "N", at(dt.date(2026, 1, 12), 8)),
        # In summer 08:00 is 07:00 UTC: the hour before is the ward's in winter only.
        (DAILY, dt.datetime(2026, 7, 1, 7, tzinfo=dt.UTC), "", "W", at(dt.date(2026, 7, 1), 20)),
        (
            DAILY,
            dt.datetime(2026, 1, 5, 7, tzinfo=dt.UTC),
            "Night team",
            "N",
            at(dt.date(2026, 1, 5), 8),
        ),
        # The nights in which the clocks change: eleven hours, and thirteen.
        (DAILY, at(SPRING - dt.timedelta(days=1), 20), "Night team", "N", at(SPRING, 8)),
        (DAILY, at(AUTUMN - dt.timedelta(days=1), 20), "Night team", "N", at(AUTUMN, 8)),
    ],
)
def test_whom_to_call(weeks, when, team, phone, until):
    call = to_call(weeks, when)
    assert call is not None
    assert (call.team, call.phone, call.until) == (team, phone, until)


def test_the_night_of_the_clocks_is_an_hour_shorter_and_an_hour_longer():
    spring = at(SPRING, 8) - at(SPRING - dt.timedelta(days=1), 20)
    autumn = at(AUTUMN, 8) - at(AUTUMN - dt.timedelta(days=1), 20)
    assert (spring, autumn) == (dt.timedelta(hours=11), dt.timedelta(hours=13))


def test_the_next_number_is_told_with_its_hour():
    call = to_call(WEEKDAYS, at(dt.date(2026, 1, 5), 9))
    assert call is not None
    assert (call.next_team, call.next_phone) == ("", "PM")
    evening = to_call(WEEKDAYS, at(dt.date(2026, 1, 5), 14))
    assert evening is not None
    assert (evening.next_team, evening.next_phone) == ("Night team", "N")


def test_new_hours_count_from_their_day():
    change = dt.date(2026, 1, 6)
    weeks = (
        Week(START, change, "Night team", "N", every_day(EIGHT, TWENTY, "W")),
        Week(change, None, "111", "111", every_day(dt.time(10), TWENTY, "New")),
    )
    call = to_call(weeks, at(dt.date(2026, 1, 5), 21))
    assert call is not None
    assert call.until == at(change, 10)
    later = to_call(weeks, at(change, 9))
    assert later is not None
    assert later.team == "111"


def test_before_anybody_said_so_nobody_is_called():
    assert to_call(DAILY, at(dt.date(2019, 12, 31), 12)) is None
    assert to_call((), at(dt.date(2026, 1, 5), 12)) is None


def test_a_ward_staffed_day_and_night_never_turns():
    always = (Week(START, None, "", "", every_day(MIDNIGHT, MIDNIGHT, "W")),)
    noon = at(dt.date(2026, 1, 5), 12)
    assert next_turn(always, noon) is None
    assert is_staffed(always, at(dt.date(2026, 1, 6), 0))
    assert gaps(always[0].periods) == []


def test_numbers_that_follow_each_other_are_one_shift():
    assert next_turn(WEEKDAYS, at(dt.date(2026, 1, 5), 9)) == at(dt.date(2026, 1, 5), 20)
    assert next_turn(WEEKDAYS, at(dt.date(2026, 1, 9), 20)) == at(dt.date(2026, 1, 12), 8)


def test_a_weeks_gaps_run_over_its_end():
    weekend = gaps(WEEKDAYS[0].periods)[-1]
    assert weekend == Gap((4 * 24 + 20) * 60, (7 * 24 + 8) * 60)
    assert gaps(()) == [Gap(0, 7 * 24 * 60)]


def test_two_periods_at_one_time_are_found():
    first, second = Period(0, EIGHT, TWENTY, "a"), Period(0, dt.time(19), dt.time(21), "b")
    assert overlap([second, first]) == (first, second)
    assert overlap([first, Period(0, TWENTY, MIDNIGHT, "b")]) is None


def test_at_any_instant_of_years_somebody_is_called_and_until_a_later_time():
    """Over random instants: the answer holds until just before `until`, and not after it."""
    chance = random.Random(4)
    start = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    for _ in range(400):
        when = start + dt.timedelta(minutes=chance.randrange(3 * 366 * 24 * 60))
        call = to_call(WEEKDAYS, when)
        assert call is not None
        assert call.until is not None
        assert call.until > when
        assert bool(call.team) != is_staffed(WEEKDAYS, when)
        staffed = wall(when).weekday() < 5 and EIGHT <= wall(when).time() < TWENTY
        assert staffed == is_staffed(WEEKDAYS, when)
        before = to_call(WEEKDAYS, call.until - dt.timedelta(seconds=1))
        after = to_call(WEEKDAYS, call.until)
        assert before is not None
        assert before[:3] == call[:3]
        assert after is not None
        assert after.phone == call.next_phone
