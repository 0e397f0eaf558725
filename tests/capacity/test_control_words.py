"""What a control chart says in words: what changed, since when, and when nothing did."""

import datetime as dt

import pytest

from capacity.models import StatedChange
from capacity.presenters.flows.control import CALM, Charted
from capacity.reports.series import Series, months_in, weeks, weeks_in
from lib import london

LAST = dt.date(2026, 5, 18)
CALM_WEEKS = [10, 12, 9, 11, 10, 12, 9, 11, 10, 12, 9, 11]


def charted(values, *changes, **more):
    return Charted(Series(weeks(LAST, len(values)), values, **more), changes, "week")


def change(on, reason="A pharmacist joined"):
    return StatedChange(on=on, reason=reason)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (CALM_WEEKS, CALM),
        # nine weeks from 16 March (11 weeks before 18 May were 2 March)
        (
            [12, 13, *[6, 5] * 4, 6],
            "From 16 Mar 2026 lower than usual: nine weeks below the mean of 6.8.",
        ),
        (
            [*CALM_WEEKS[:10], 30, 10],
            "The week from 4 May 2026 lies above the upper limit: look what happened.",
        ),
        (
            [*CALM_WEEKS, 9, 10, 11, 12, 13, 14],
            "From 6 Apr 2026 rising: six weeks in a row.",
        ),
    ],
)
def test_the_first_words_tell_the_newest_signal(values, told):
    assert charted(values).words[0] == told


def test_a_run_that_is_over_says_until_when():
    values = [5, 6] * 5 + [13, 14] * 3
    told = [words for words in charted(values).words if "lower than usual" in words]
    assert told[0].startswith("From 26 Jan 2026 lower than usual until 6 Apr 2026: ten weeks")


def test_after_a_stated_change_only_what_came_since_is_told():
    values = [*[20, 22] * 6, *[10, 12] * 6]
    assert charted(values).words[0] != CALM
    found = charted(values, change(LAST - dt.timedelta(weeks=12)))
    assert found.words == [CALM]
    assert [part.begins for part in found.drawn("x").parts] == ["", "A pharmacist joined"]


def test_a_change_within_a_week_begins_with_the_next():
    found = charted([*[20, 22] * 6, *[10, 12] * 6], change(LAST - dt.timedelta(days=80)))
    assert [part.first for part in found.parts] == [0, 13]


def test_few_points_and_none_are_told():
    assert charted([1, 2, 1]).words[-1].startswith("Only 3 points yet")
    for begins_within in (False, True):
        found = charted([], begins_within=begins_within)
        assert found.words == ["Nothing has been counted here yet."]
        assert found.points() == []


def test_weeks_without_a_mean_and_a_first_part_week_are_left_out():
    values = [1, *CALM_WEEKS[:6], None, *CALM_WEEKS[6:]]
    found = charted(values, begins_within=True)
    assert found.words == [CALM]
    assert len(found.parts[0].values) == 12
    assert [point.value for point in found.points()][:2] == [None, 10]


def test_what_goes_on_stands_before_single_weeks_and_tells_them_too():
    """Each of the nine lies beyond the limit of so even a year: that is one thing, not nine."""
    found = charted([1] * 17 + [6] * 9)
    newest, earlier = found.words
    assert newest == "From 16 Mar 2026 higher than usual: nine weeks above the mean of 2.7."
    assert earlier.startswith("From 17 Nov 2025 lower than usual until 16 Mar 2026: 17 weeks")
    assert found.going_on is not None


def day(text):
    return dt.date.fromisoformat(f"2026-{text}")


@pytest.mark.parametrize(
    ("whole", "first", "last", "begun"),
    [
        (weeks_in, "05-04", "05-18", ["05-04", "05-11"]),
        (weeks_in, "05-01", "05-18", ["05-04", "05-11"]),  # three days are no week
        (weeks_in, "05-14", "05-18", []),
        (months_in, "01-01", "03-01", ["01-01", "02-01"]),
        (months_in, "01-01", "03-31", ["01-01", "02-01"]),
        (months_in, "01-02", "03-01", ["02-01"]),
        (months_in, "01-02", "02-28", []),
        (months_in, "01-02", "01-30", []),
    ],
)
def test_a_time_is_told_by_its_whole_weeks_or_months(whole, first, last, begun):
    found = [london.day_of(since) for since, _ in whole(day(first), day(last))]
    assert found == [day(text) for text in begun]
