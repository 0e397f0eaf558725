"""Longer or shorter after a date: standardised by hand, on made-up truths, and refused."""

from random import Random

import pytest

from capacity.before_after import Comparison, StayOf, TooFew, compare
from capacity.kaplan_meier import Lasted

YOUNG = {"age": "under 65", "route": "step_up", "source": "gp"}
OLD = {"age": "80 and over", "route": "step_down", "source": "acute_ward"}


def stays(*, after, nights, mix=YOUNG, ended=True):
    return [StayOf(after, Lasted(n, ended), mix) for n in nights]


def compared(known, followed=90) -> Comparison:
    found = compare(known, followed=followed)
    assert isinstance(found, Comparison)
    return found


def test_a_change_of_mix_alone_is_no_change():
    """Young stay 4 nights, old 10, before and after; only more of them are young afterwards."""
    known = [
        *stays(after=False, nights=[3, 5] * 5),
        *stays(after=False, nights=[9, 11] * 15, mix=OLD),
        *stays(after=True, nights=[3, 5] * 15),
        *stays(after=True, nights=[9, 11] * 5, mix=OLD),
    ]
    found = compared(known)
    assert found.crude.nights == pytest.approx(5.5 - 8.5)
    assert found.adjusted.nights == pytest.approx(0)
    assert not found.adjusted.told_from_chance
    assert found.adjusted_for == ("age", "route", "source")


def test_the_standardised_difference_by_hand():
    """Young 4 → 2 (40 in all), old 10 → 9 (60 in all): 0.4 × −2 + 0.6 × −1 = −1.4."""
    known = [
        *stays(after=False, nights=[3, 5] * 15),
        *stays(after=True, nights=[1, 3] * 5),
        *stays(after=False, nights=[9, 11] * 10, mix=OLD),
        *stays(after=True, nights=[8, 10] * 20, mix=OLD),
    ]
    found = compared(known)
    assert found.adjusted.nights == pytest.approx(-1.4)
    # Each kind's nights vary by ±1, so by n/(n−1): variance of each mean 1/(n−1).
    variance = 0.4**2 * (1 / 29 + 1 / 9) + 0.6**2 * (1 / 19 + 1 / 39)
    assert found.adjusted.low == pytest.approx(-1.4 - 1.96 * variance**0.5)
    assert found.adjusted.told_from_chance


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    """Drawn 200 times with a truth of 2 nights shorter and one in six still open."""
    chance, held = Random(11), 0
    for _ in range(200):
        known = [
            *_drawn(chance, after=False, mean=9, mix=YOUNG),
            *_drawn(chance, after=True, mean=7, mix=YOUNG),
            *_drawn(chance, after=False, mean=12, mix=OLD),
            *_drawn(chance, after=True, mean=10, mix=OLD),
        ]
        found = compared(known).adjusted
        held += found.low <= -2 <= found.high
    assert 182 <= held <= 198  # 95% of 200 is 190; two standard errors are 6


def _drawn(chance, *, after, mean, mix):
    for _ in range(40):
        nights = max(0, round(chance.gauss(mean, 3)))
        ended = chance.random() > 1 / 6
        watched = nights if ended else chance.randint(0, nights)
        yield StayOf(after, Lasted(watched, ended), mix)


def test_twelve_to_seven_is_told_from_chance():
    known = [
        *stays(after=False, nights=[10, 11, 12, 13, 14] * 8),
        *stays(after=True, nights=[5, 6, 7, 8, 9] * 8),
    ]
    found = compared(known)
    assert (found.before.median, found.after.median) == (12, 7)
    assert found.adjusted.nights == pytest.approx(-5)
    assert found.adjusted.told_from_chance


def test_stays_still_open_are_counted_as_lasting_longer():
    known = [
        *stays(after=False, nights=[6] * 30),
        *stays(after=True, nights=[6] * 20),
        *stays(after=True, nights=[9] * 10, ended=False),
    ]
    found = compared(known)
    assert found.after.still_open == 10
    assert found.adjusted.nights > 5  # a third of them to the bound of 30 nights


def test_too_few_of_a_kind_are_left_out_and_told():
    rare = {"age": "65 to 79", "route": "step_up", "source": "ambulance"}
    known = [
        *stays(after=False, nights=[4, 6] * 20),
        *stays(after=True, nights=[4, 6] * 20),
        *stays(after=True, nights=[25] * 4, mix=rare),
    ]
    found = compared(known)
    assert found.left_out == 4
    assert found.adjusted.nights == pytest.approx(0)


def test_where_kinds_would_leave_out_many_they_are_told_apart_less_finely():
    sources = [{**YOUNG, "source": f"source {n}"} for n in range(10)]
    known = [
        one
        for mix in sources
        for after in (False, True)
        for one in stays(after=after, nights=[4, 6, 5], mix=mix)
    ]
    found = compared(known)
    assert found.adjusted_for == ("age", "route")
    assert found.left_out == 0


@pytest.mark.parametrize(("before", "after", "followed"), [(19, 50, 90), (50, 19, 90), (50, 50, 6)])
def test_too_few_stays_or_nights_are_refused(before, after, followed):
    known = [*stays(after=False, nights=[5] * before), *stays(after=True, nights=[5] * after)]
    assert compare(known, followed=followed) == TooFew(before, after, followed)


def test_no_mean_looks_further_than_the_change_is_old():
    known = [*stays(after=False, nights=[25] * 20), *stays(after=True, nights=[8] * 20)]
    found = compared(known, followed=10)
    assert (found.bound, found.before.mean) == (10, 10)
