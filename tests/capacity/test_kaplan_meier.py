"""Lengths of stay with some still going on, against worked examples and the plain distribution."""

from statistics import fmean, median, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capacity.kaplan_meier import Lasted, curve

# Freireich et al. (Blood 1963), weeks in remission on 6-mercaptopurine, as worked by hand in
# Kleinbaum and Klein, Survival Analysis, chapter 2; True where the remission ended.
SIX_MP = [
    *[(6, True)] * 3,
    *[(n, True) for n in (7, 10, 13, 16, 22, 23)],
    *[(n, False) for n in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)],
]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]

plain = st.lists(st.integers(0, 60), min_size=1, max_size=60)


def of(pairs):
    return curve(Lasted(nights, ended) for nights, ended in pairs)


@pytest.mark.parametrize(
    ("time", "at_risk", "ended", "staying", "error"),
    [
        (6, 21, 3, 0.8571, 0.0764),
        (7, 17, 1, 0.8067, 0.0869),
        (10, 15, 1, 0.7529, 0.0963),
        (13, 12, 1, 0.6902, 0.1068),
        (16, 11, 1, 0.6275, 0.1141),
        (22, 7, 1, 0.5378, 0.1282),
        (23, 6, 1, 0.4482, 0.1346),
    ],
)
def test_the_textbooks_table_with_greenwoods_errors(time, at_risk, ended, staying, error):
    [step] = [step for step in of(SIX_MP).steps if step.nights == time]
    assert (step.at_risk, step.ended) == (at_risk, ended)
    assert step.staying == pytest.approx(staying, abs=5e-5)
    assert step.staying * step.spread**0.5 == pytest.approx(error, abs=5e-5)


def test_the_textbooks_medians_and_mean():
    assert of(SIX_MP).median == 23
    assert (of(SIX_MP).stays, of(SIX_MP).still_open) == (21, 12)
    assert of((n, True) for n in PLACEBO).median == 8
    # R's survival package prints a restricted mean of 23.29 with a standard error of 2.83.
    assert of(SIX_MP).mean() == pytest.approx(23.29, abs=0.005)
    assert (of(SIX_MP).mean_variance() * 8 / 9) ** 0.5 == pytest.approx(2.83, abs=0.005)


def test_the_shortest_examples_by_hand():
    """Ended at 2 and 5, open at 3: three at risk, two thirds stay; then one at risk, none does."""
    found = of([(2, True), (3, False), (5, True)])
    assert [(s.at_risk, round(s.staying, 4)) for s in found.steps] == [(3, 0.6667), (1, 0.0)]
    assert found.median == 5
    assert found.mean() == pytest.approx(2 + 3 * 2 / 3)
    assert found.mean(within=3) == pytest.approx(2 + 1 * 2 / 3)


def test_a_median_that_too_few_have_reached_is_not_known():
    found = of([(2, True), (9, False), (9, False)])
    assert found.median is None
    assert found.by(0.3) == 2


def test_stays_still_open_make_it_longer_than_leaving_them_out():
    ended = [(n, True) for n in (2, 4, 6, 8)]
    assert of([*ended, (12, False), (14, False)]).mean() > of(ended).mean()


def test_no_stays_have_no_curve():
    found = curve([])
    assert (found.stays, found.median, found.mean()) == (0, None, 0.0)


@given(plain)
def test_without_censoring_it_is_the_plain_distribution(nights):
    found = of((n, True) for n in nights)
    for time in range(61):
        assert found.staying(time) == pytest.approx(sum(n > time for n in nights) / len(nights))
    assert found.median == pytest.approx(median(nights))
    assert found.mean() == pytest.approx(fmean(nights))


@given(st.lists(st.integers(0, 60), min_size=2, max_size=60))
def test_without_censoring_the_means_variance_is_the_plain_one(nights):
    found = of((n, True) for n in nights)
    assert found.mean_variance() == pytest.approx(variance(nights) / len(nights))


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=40))
def test_it_only_falls_and_counts_of_alike_say_the_same(pairs):
    found = of(pairs)
    shares = [step.staying for step in found.steps]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share < 1 for share in shares)
    alike = {pair: pairs.count(pair) for pair in pairs}
    assert found == curve(Lasted(n, ended, many) for (n, ended), many in alike.items())
