"""FHIR's search dates: each a span of instants, London's where no offset is told."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observations.fhir.mapping.dates import Bounds, bounds
from observations.fhir.mapping.outcomes import FaultError


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{text}+00:00")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", "2026-01-01T00:00", "2027-01-01T00:00"),
        ("2026-12", "2026-12-01T00:00", "2027-01-01T00:00"),
        ("2026-11-21", "2026-11-21T00:00", "2026-11-22T00:00"),
        ("2026-07-01", "2026-06-30T23:00", "2026-07-01T23:00"),
        # The day on which the clocks go back has 25 hours, the one in March 23.
        ("2026-10-25", "2026-10-24T23:00", "2026-10-26T00:00"),
        ("2026-03-29", "2026-03-29T00:00", "2026-03-29T23:00"),
        ("2026-11-21T08:00Z", "2026-11-21T08:00", "2026-11-21T08:01"),
        ("2026-11-21T08:00:00+02:00", "2026-11-21T06:00", "2026-11-21T06:00:01"),
        ("2026-11-21T08:00:00 02:00", "2026-11-21T06:00", "2026-11-21T06:00:01"),
        ("2026-11-21T08:00:00.25Z", "2026-11-21T08:00:00.250000", "2026-11-21T08:00:00.260000"),
    ],
)
def test_a_date_is_as_long_as_it_is_precise(text, start, end):
    assert bounds(text) == bounds(f"eq{text}") == Bounds(utc(start), utc(end))


def test_prefixes_leave_one_side_open():
    first, after = utc("2026-11-21T00:00"), utc("2026-11-22T00:00")
    assert bounds("ge2026-11-21") == Bounds(first, None)
    assert bounds("gt2026-11-21") == bounds("sa2026-11-21") == Bounds(after, None)
    assert bounds("le2026-11-21") == Bounds(None, after)
    assert bounds("lt2026-11-21") == bounds("eb2026-11-21") == Bounds(None, first)


@given(st.from_regex(r"([a-z]{2})?\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?Z?)?)?)?"))
def test_whatever_looks_like_a_date_has_a_span_or_is_refused(text: str):
    try:
        found = bounds(text)
    except FaultError:
        return
    if found.start is not None and found.end is not None:
        assert found.start < found.end
