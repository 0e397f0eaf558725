"""What is said of the mornings of a time, beside others, and of those that nobody counted."""

import datetime as dt

import pytest

from capacity.presenters.days import Days, DaysPresenter
from capacity.reports.history import Morning

LAST = dt.date(2026, 11, 26)
# Of four weeks and the four before: 26 Nov and back.
ALL, FULL = range(56), 8


def told(patients):
    """By how many days before the last one: so many patients in ten beds."""
    days = Days.read({"days": "28"}, LAST)
    mornings = [Morning(LAST - dt.timedelta(days=n), 10, patients=patients[n]) for n in patients]
    return DaysPresenter(days, mornings).sentence


@pytest.mark.parametrize(
    ("patients", "words"),
    [
        ({}, "None of these days has been counted."),
        (
            dict.fromkeys(ALL, FULL),
            (
                "80.0% full on the whole, at or above 80% on 28 of 28 days; 2 Oct to 29 Oct 2026: "
                "80.0% full, at or above 80% on 28 of 28 days."
            ),
        ),
        (
            dict.fromkeys(range(28), 5),
            (
                "50.0% full on the whole, at or above 80% on 0 of 28 days. "
                "Of 2 Oct to 29 Oct 2026 no day was counted."
            ),
        ),
        # One morning must not pass for four weeks.
        (
            dict.fromkeys(range(29), FULL),
            (
                "80.0% full on the whole, at or above 80% on 28 of 28 days; 2 Oct to 29 Oct 2026: "
                "80.0% full, at or above 80% on 1 of 1 day counted, 27 not counted."
            ),
        ),
        (
            dict.fromkeys(range(10), 5),
            (
                "50.0% full on the whole, at or above 80% on 0 of 10 days counted, 18 not counted. "
                "Of 2 Oct to 29 Oct 2026 no day was counted."
            ),
        ),
    ],
)
def test_days_that_were_never_counted_are_told(patients, words):
    assert told(patients) == words
