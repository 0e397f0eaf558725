"""When planned beds are enough, in tables and for any plan at all."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capacity.planning import Reach, Step, course, more_for, patients_for, reach, within

TODAY = dt.date(2026, 11, 26)


def day(number: int) -> dt.date:
    return TODAY + dt.timedelta(days=number)


@pytest.mark.parametrize(
    ("changes", "steps"),
    [
        ([], [(0, 10)]),
        ([(5, 4)], [(0, 10), (5, 14)]),
        ([(9, -2), (5, 4)], [(0, 10), (5, 14), (9, 12)]),
        ([(5, 4), (5, -4)], [(0, 10)]),  # one bed for another on a day is no step
        ([(5, 4), (5, 1)], [(0, 10), (5, 15)]),
        ([(0, 4), (-3, 9)], [(0, 10)]),  # what should have happened is in today's count or not
        ([(5, -30)], [(0, 10), (5, 0)]),
    ],
)
def test_a_plan_goes_by_steps_from_todays_beds(changes, steps):
    planned = [(day(number), beds) for number, beds in changes]
    assert course(10, TODAY, planned) == [Step(day(number), beds) for number, beds in steps]


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (0, 30, [(0, 10), (5, 14), (9, 12)]),
        (0, 8, [(0, 10), (5, 14)]),
        (6, 30, [(6, 14), (9, 12)]),
        (5, 9, [(5, 14), (9, 12)]),  # both days are in it
        (6, 8, [(6, 14)]),
        (40, 50, [(40, 12)]),  # the last step goes on
    ],
)
def test_a_time_of_a_plan_begins_with_what_there_is_on_its_first_day(first, last, found):
    steps = [Step(day(number), beds) for number, beds in [(0, 10), (5, 14), (9, 12)]]
    assert within(steps, day(first), day(last)) == [Step(day(n), beds) for n, beds in found]


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ([(0, 10)], None),
        ([(0, 12)], Reach(day(0), None)),
        ([(0, 10), (5, 12)], Reach(day(5), None)),
        ([(0, 10), (5, 12), (9, 11)], Reach(day(5), day(9))),
        ([(0, 12), (5, 11), (9, 14), (20, 13)], Reach(day(9), None)),  # since then for good
    ],
)
def test_the_day_on_which_twelve_beds_are_there(steps, found):
    assert reach([Step(day(number), beds) for number, beds in steps], 12) == found


def test_patients_and_beds_are_rounded_up():
    assert patients_for(397, 80) == 318
    assert patients_for(10, 80) == 8
    assert more_for(990_432, 40, 155) == 242
    assert more_for(990_432, 40, 500) == 0


plans = st.lists(st.tuples(st.integers(-5, 60), st.integers(-40, 40)), max_size=12)


@given(plans, st.integers(0, 60), st.integers(0, 90))
def test_enough_means_enough_from_that_day_on(changes, beds, needed):
    steps = course(beds, TODAY, [(day(number), change) for number, change in changes])
    assert [step.day for step in steps] == sorted({step.day for step in steps})
    assert all(step.beds >= 0 for step in steps)
    found = reach(steps, needed)
    assert (found is None) == all(step.beds < needed for step in steps)
    if found is not None:
        ends = found.lost or dt.date.max
        assert all(step.beds >= needed for step in steps if found.day <= step.day < ends)
        assert found.lost is None or steps[-1].beds < needed
