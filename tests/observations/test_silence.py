"""Due, late, silent, stale: what time alone changes, both clock changes included."""

from datetime import UTC, datetime, time, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observations import silence
from observations.silence import Absence, Schedule, Standing, standing

CLOCK = "clinical.md: a frozen system must not look calm"


def utc(day: int, hour: int, minute: int = 0, month: int = 12, year: int = 2023) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


START = utc(9, 7)
THREE_A_DAY = Schedule(START, times=(time(8), time(14), time(20)))
HOURLY = Schedule(START, every=timedelta(hours=1))

# schedule, last reading, now, state, slot, next change
STATES = [
    (THREE_A_DAY, None, utc(9, 7), "not_due", utc(9, 8), utc(9, 8)),
    (THREE_A_DAY, None, utc(9, 8), "due", utc(9, 8), utc(9, 8, 30)),
    (THREE_A_DAY, utc(14, 8, 5), utc(14, 9), "not_due", utc(14, 14), utc(14, 14)),
    (THREE_A_DAY, utc(14, 8, 5), utc(14, 14, 29), "due", utc(14, 14), utc(14, 14, 30)),
    (THREE_A_DAY, utc(14, 8, 5), utc(14, 14, 30), "late", utc(14, 14), utc(14, 16)),
    (THREE_A_DAY, utc(14, 8, 5), utc(14, 15, 59), "late", utc(14, 14), utc(14, 16)),
    (THREE_A_DAY, utc(14, 8, 5), utc(14, 16), "silent", utc(14, 14), None),
    (THREE_A_DAY, utc(12, 8, 5), utc(14, 8), "silent", utc(12, 14), None),
    (THREE_A_DAY, utc(14, 7, 40), utc(14, 9), "not_due", utc(14, 14), utc(14, 14)),
    (THREE_A_DAY, utc(14, 5, 59), utc(14, 9), "late", utc(14, 8), utc(14, 10)),
    (HOURLY, utc(14, 7, 33), utc(14, 7, 45), "not_due", utc(14, 8, 33), utc(14, 8, 33)),
    (HOURLY, utc(14, 7, 33), utc(14, 9, 2), "due", utc(14, 8, 33), utc(14, 9, 3)),
    (HOURLY, utc(14, 7, 33), utc(14, 9, 3), "late", utc(14, 8, 33), utc(14, 9, 33)),
    (HOURLY, utc(14, 7, 33), utc(14, 9, 33), "silent", utc(14, 8, 33), None),
]


@pytest.mark.parametrize(("schedule", "last_at", "now", "state", "slot", "changes_at"), STATES)
def test_time_alone_makes_a_reading_due_late_and_silent(
    schedule, last_at, now, state, slot, changes_at
):
    assert standing(schedule, last_at=last_at, now=now) == Standing(state, slot, changes_at)


def test_a_monitor_that_sends_every_minute_is_not_silent_after_one():
    schedule = Schedule(START, every=timedelta(minutes=1))
    last = utc(14, 8)
    states = [
        standing(schedule, last_at=last, now=last + timedelta(minutes=minute)).state
        for minute in (0, 1, 15, 16, 30, 31)
    ]
    assert states == ["not_due", "due", "due", "late", "late", "silent"]


AT_TEN_AND_SIX = Schedule(utc(14, 9, 30), times=(time(10), time(18)), before=THREE_A_DAY)
FOUR_HOURLY = Schedule(utc(14, 9, 30), every=timedelta(hours=4), before=THREE_A_DAY)
# schedule since 09:30, last reading, owed
CHANGED = [
    (AT_TEN_AND_SIX, utc(13, 20), utc(14, 8)),
    (AT_TEN_AND_SIX, utc(13, 8), utc(13, 14)),
    (AT_TEN_AND_SIX, None, utc(9, 8)),
    (AT_TEN_AND_SIX, utc(14, 7, 55), utc(14, 10)),
    (AT_TEN_AND_SIX, utc(14, 8, 10), utc(14, 18)),  # not two hours before ten
    (AT_TEN_AND_SIX, utc(14, 9, 40), utc(14, 18)),
    (FOUR_HOURLY, utc(13, 20), utc(14, 8)),
    (FOUR_HOURLY, utc(14, 8, 10), utc(14, 12, 10)),
    (Schedule(utc(14, 10), times=(time(18),), before=AT_TEN_AND_SIX), utc(13, 20), utc(14, 8)),
    (Schedule(utc(14, 8), every=timedelta(hours=1), before=FOUR_HOURLY), None, utc(9, 8)),
]


@pytest.mark.parametrize(("schedule", "last_at", "slot"), CHANGED)
def test_other_times_forgive_no_slot_that_was_owed(schedule, last_at, slot):
    assert silence.owed(schedule, last_at=last_at) == slot


def test_a_pause_forgives_what_was_owed_under_the_times_before():
    found = silence.owed(AT_TEN_AND_SIX, last_at=utc(13, 20), not_before=utc(14, 9))
    assert found == utc(14, 10)


def test_a_reading_that_fills_a_slot_of_the_times_before_fills_something():
    before, filling = utc(13, 20), utc(14, 7, 30)
    evening = Schedule(utc(14, 9, 30), times=(time(18),), before=THREE_A_DAY)
    assert silence.owed(evening, last_at=before) != silence.owed(evening, last_at=filling)
    assert silence.filled_until(evening, before) <= filling


def test_without_a_plan_nothing_is_due():
    assert standing(None, last_at=None, now=START) == Standing("unplanned")


PAUSE = Absence("paused", utc(14, 10), utc(14, 18))
LEAVE = Absence("on_leave", utc(14, 12))


@pytest.mark.parametrize(
    ("absences", "now", "expected"),
    [
        ([PAUSE], utc(14, 9), Standing("not_due", utc(14, 14), utc(14, 10))),
        ([PAUSE], utc(14, 15), Standing("paused", None, utc(14, 18))),
        ([PAUSE], utc(14, 18), Standing("not_due", utc(14, 20), utc(14, 20))),
        ([PAUSE, LEAVE], utc(14, 15), Standing("on_leave")),
        ([LEAVE, PAUSE], utc(14, 20), Standing("on_leave")),
    ],
)
def test_nobody_is_silent_while_away_and_what_was_due_then_is_forgiven(absences, now, expected):
    assert standing(THREE_A_DAY, last_at=utc(14, 8), now=now, absences=absences) == expected


# schedule, measured, stale at, source
STALE = [
    (THREE_A_DAY, utc(14, 8, 5), utc(14, 15), "clinical.md: next planned set 60 min overdue"),
    (THREE_A_DAY, utc(14, 20, 5), utc(15, 9), "overnight"),
    (HOURLY, utc(14, 7, 33), utc(14, 9, 33), "clinical.md: next planned set 60 min overdue"),
    (None, utc(14, 8), utc(14, 20), "no plan: never current for ever"),
]


@pytest.mark.parametrize(("schedule", "measured_at", "at", "source"), STALE)
def test_a_score_is_stale_once_the_next_set_is_an_hour_overdue(schedule, measured_at, at, source):
    assert silence.stale_at(schedule, measured_at) == at, source


@pytest.mark.parametrize(
    ("schedule", "measured_at", "at"),
    [
        (Schedule(utc(16, 10), times=(time(8), time(20))), utc(14, 8, 5), utc(14, 21)),
        (Schedule(utc(16, 10), every=timedelta(hours=4)), utc(14, 8), utc(14, 13)),
    ],
)
def test_a_schedule_that_starts_later_makes_nothing_current_again(schedule, measured_at, at):
    assert silence.stale_at(schedule, measured_at) == at


def wall(schedule_times: tuple[time, ...], start: datetime, end: datetime) -> list[datetime]:
    return list(silence.slots(Schedule(start, times=schedule_times), start, end))


def test_times_of_day_stay_on_the_wall_when_clocks_go_forward():
    found = wall((time(8),), utc(30, 0, month=3, year=2024), utc(2, 0, month=4, year=2024))
    assert found == [
        utc(30, 8, month=3, year=2024),
        utc(31, 7, month=3, year=2024),
        utc(1, 7, month=4, year=2024),
    ]


def test_times_of_day_stay_on_the_wall_when_clocks_go_back():
    found = wall((time(8),), utc(26, 0, month=10, year=2024), utc(28, 0, month=10, year=2024))
    assert found == [utc(26, 7, month=10, year=2024), utc(27, 8, month=10, year=2024)]


def test_a_time_that_spring_skips_is_asked_for_once_and_not_dropped():
    start, end = utc(31, 0, month=3, year=2024), utc(31, 12, month=3, year=2024)
    assert wall((time(1, 30), time(2, 30)), start, end) == [utc(31, 1, 30, month=3, year=2024)]


def test_a_time_that_autumn_repeats_is_asked_for_once():
    start, end = utc(27, 0, month=10, year=2024), utc(27, 12, month=10, year=2024)
    assert wall((time(1, 30),), start, end) == [utc(27, 0, 30, month=10, year=2024)]


@pytest.mark.parametrize(("month", "day"), [(3, 31), (10, 27)])
def test_intervals_are_elapsed_hours_on_the_night_the_clocks_change(month, day):
    start = utc(day, 0, month=month, year=2024)
    schedule = Schedule(start, every=timedelta(hours=1))
    found = list(silence.slots(schedule, start, start + timedelta(hours=5)))
    assert found == [start + timedelta(hours=hour) for hour in range(5)]


def test_the_slots_of_an_interval_begin_at_the_first_inside_the_window():
    schedule = Schedule(START, every=timedelta(hours=4))
    assert list(silence.slots(schedule, utc(9, 12), utc(9, 20))) == [utc(9, 15), utc(9, 19)]
    assert list(silence.slots(schedule, utc(9, 0), utc(9, 8))) == [utc(9, 7)]


schedules = st.one_of(
    st.builds(
        Schedule,
        st.just(utc(29, 6, month=3, year=2024)),
        times=st.lists(
            st.times().map(lambda at: at.replace(microsecond=0)), min_size=1, max_size=5
        ).map(tuple),
    ),
    st.builds(
        Schedule,
        st.just(utc(26, 6, month=10, year=2024)),
        every=st.timedeltas(timedelta(minutes=1), timedelta(hours=24)),
    ),
)
ORDER = ["not_due", "due", "late", "silent"]


@given(
    schedule=schedules,
    last_after=st.timedeltas(timedelta(0), timedelta(days=4)) | st.none(),
    ahead=st.timedeltas(timedelta(0), timedelta(days=4)),
)
def test_the_stored_deadline_is_exactly_when_the_state_changes(schedule, last_after, ahead):
    last_at = None if last_after is None else schedule.starts + last_after
    now = (last_at or schedule.starts) + ahead
    found = standing(schedule, last_at=last_at, now=now)
    if found.changes_at is None:
        assert found.state == "silent"
        return
    just_before = standing(
        schedule, last_at=last_at, now=found.changes_at - timedelta(microseconds=1)
    )
    then = standing(schedule, last_at=last_at, now=found.changes_at)
    assert just_before.state == found.state
    assert ORDER.index(then.state) == ORDER.index(found.state) + 1


@given(schedule=schedules, on_time=st.integers(0, 6))
def test_a_reading_on_time_is_never_late(schedule, on_time):
    end = schedule.starts + timedelta(days=9)
    *_, last = islice(silence.slots(schedule, schedule.starts, end), on_time + 1)
    found = standing(schedule, last_at=last, now=last)
    assert found.state == "not_due"
    assert silence.stale_at(schedule, last) > last


@pytest.mark.parametrize(
    "wrong", [{}, {"times": (time(8),), "every": timedelta(hours=1)}, {"every": timedelta(0)}]
)
def test_a_schedule_is_either_times_or_an_interval(wrong):
    with pytest.raises(ValueError, match=r"either|longer"):
        Schedule(START, **wrong)
