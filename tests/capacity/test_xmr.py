"""Limits and rules of XmR charts, against published examples and by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capacity.xmr import Limits, Rule, limits, parts, signals_of

# NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2, flow rates of ten batches:
# mean 50.81, mean moving range 1.8778, limits 45.8159 and 55.8041 (with 3/1.128 for 2.66).
NIST = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
FIXED = Limits(mean=10, moving_range=3)  # limits 2.02 and 17.98, near them 4.68 and 15.32


def test_the_handbooks_limits():
    found = limits(NIST)
    assert found.mean == pytest.approx(50.81)
    assert found.moving_range == pytest.approx(1.8778, abs=5e-5)
    assert found.upper == pytest.approx(55.8041, abs=0.002)
    assert found.lower == pytest.approx(45.8159, abs=0.002)
    assert signals_of(NIST, found) == []  # "the process is in control"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        # beyond a limit (Shewhart's own rule), and just within it
        ([10, 18, 10], [(Rule.BEYOND, 1, 1, 1)]),
        ([10, 17.9, 10], []),
        ([10, 2, 10], [(Rule.BEYOND, -1, 1, 1)]),
        # eight in a row on one side; seven are not enough; one on the mean ends the run
        ([9, 8] * 4, [(Rule.RUN, -1, 0, 7)]),
        ([11, 9, *[11, 12] * 5], [(Rule.RUN, 1, 2, 11)]),
        ([9, 8, 9, 8, 9, 8, 9], []),
        ([9, 8, 9, 8, 10, 9, 8, 9, 8], []),
        # two of three near the same limit
        ([10, 16, 9, 16, 10], [(Rule.NEAR, 1, 1, 3)]),
        ([10, 4, 4, 10], [(Rule.NEAR, -1, 1, 2)]),
        ([10, 16, 9, 9, 16], []),
        ([10, 16, 4, 10], []),
        # six rising (five steps); five are not enough; an equal one ends it
        ([6, 7, 8, 9, 11, 12], [(Rule.TREND, 1, 0, 5)]),
        ([13, 12, 11, 9, 8, 7, 11], [(Rule.TREND, -1, 0, 5)]),
        ([7, 8, 9, 11, 12], []),
        ([6, 7, 8, 8, 9, 11, 12], []),
    ],
)
def test_the_four_rules(values, told):
    found = [(one.rule, one.side, one.first, one.last) for one in signals_of(values, FIXED)]
    assert found == told


def test_a_stated_change_begins_limits_of_its_own():
    values = [10, 12, 10, 12, 10, 12, 10, 12, 20, 22, 20, 22, 20, 22, 20, 22]
    [whole] = parts(values)
    runs = [(one.side, one.first, one.last) for one in whole.signals if one.rule == Rule.RUN]
    assert runs == [(-1, 0, 7), (1, 8, 15)]
    before, after = parts(values, rebased=[8])
    assert (before.limits.mean, after.limits.mean, after.first) == (11, 21, 8)
    assert [*before.signals, *after.signals] == []


def test_signals_after_a_change_are_told_by_their_place_in_the_whole():
    [_, after] = parts([1, 2, 1, 2, 5, 6, 5, 6, 5, 30, 5, 6, 5, 6], rebased=[4])
    assert [(one.rule, one.first) for one in after.signals] == [(Rule.BEYOND, 9)]


def test_few_points_are_provisional():
    assert parts([1, 2, 3])[0].provisional
    assert not parts(list(range(12)))[0].provisional


def test_a_change_outside_the_points_changes_nothing():
    assert parts([1, 2, 1, 2], rebased=[0, 4, 9]) == parts([1, 2, 1, 2])
    assert parts([]) == []


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50))
def test_limits_are_as_far_above_the_mean_as_below(values):
    found = limits(values)
    assert found.upper - found.mean == pytest.approx(found.mean - found.lower)
    assert found.lower <= found.near[0] <= found.mean <= found.near[1] <= found.upper


@given(st.lists(st.integers(0, 60), max_size=40))
def test_turned_upside_down_the_same_points_speak(values):
    if not values:
        return
    up = signals_of(values, limits(values))
    turned = [-value for value in values]
    down = signals_of(turned, limits(turned))
    assert {(s.rule, s.side, s.first, s.last) for s in up} == {
        (s.rule, -s.side, s.first, s.last) for s in down
    }
