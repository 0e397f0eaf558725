"""Who differs by more than luck, in worked examples and for any boards at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capacity.funnel import Funnel, Place, funnel
from capacity.occupancy import Count

# Half of the beds taken and no more difference than luck: the standard error of 100 beds is 0.05.
HALF = Funnel(middle=0.5, spread=0)


@pytest.mark.parametrize(
    ("beds", "distance", "low", "high"),
    [
        (100, 2, 0.4, 0.6),
        (400, 2, 0.45, 0.55),
        (25, 3, 0.2, 0.8),
        (1, 3, 0.0, 2.0),  # 0.5 ± 1.5: no share lies below nought, many lie above one
    ],
)
def test_the_limits_of_a_share_by_hand(beds, distance, low, high):
    assert HALF.luck(beds, distance) == pytest.approx((low, high))
    assert HALF.usual(beds, distance) == HALF.luck(beds, distance)


def test_what_boards_differ_by_anyway_widens_the_limits():
    wide = Funnel(0.5, spread=0.05**2 * 3)
    assert wide.usual(100, 1) == pytest.approx((0.4, 0.6))
    assert wide.luck(100, 1) == pytest.approx((0.45, 0.55))


@pytest.mark.parametrize(
    ("count", "place"),
    [
        (Count(100, 50), Place.WITHIN),
        (Count(100, 65), Place.WITHIN),  # 3 standard errors
        (Count(100, 66), Place.HIGHER),  # 3.2; with the usual differences 2.3
        (Count(100, 34), Place.LOWER),
        (Count(10, 7), Place.WITHIN),  # the same share of a tenth of the beds is luck
        (Count(100, 75), Place.FAR_HIGHER),
        (Count(100, 25), Place.FAR_LOWER),
        (Count(0, 3), Place.WITHIN),
    ],
)
def test_where_a_count_lies(count, place):
    assert Funnel(middle=0.5, spread=0.05**2).place(count) == place


def test_boards_that_differ_by_luck_alone_have_no_spread():
    counts = [Count(100, 50), Count(100, 52), Count(100, 48), Count(100, 50)]
    found = funnel(counts)
    assert found == Funnel(middle=0.5, spread=0)


def test_the_spread_by_hand():
    """Two at 0.3 and two at 0.7 of 100 beds each: z = ±4, Σz² = 64, less 3; the weights are 400
    each, so 1600 − 4·400²/1600 = 1200; 61/1200."""
    found = funnel([Count(100, 30), Count(100, 70)] * 2)
    assert found is not None
    assert found.spread == pytest.approx(61 / 1200)


def test_one_board_far_outside_does_not_widen_its_own_limits():
    """372 patients in 161 beds is true, and stays outside though it is one of ten."""
    counts = [Count(100, 70 + 2 * (n % 3 - 1)) for n in range(20)]
    outside = Count(161, 372)
    found = funnel([*counts, outside])
    assert found is not None
    assert found.place(outside) == Place.FAR_HIGHER
    assert not {found.place(count) for count in counts} & {Place.FAR_HIGHER, Place.FAR_LOWER}


@pytest.mark.parametrize(
    "counts",
    [
        [],
        [Count(10, 5)],
        [Count(10, 5)] * 2,
        [Count(10, 10)] * 5,
        [Count(10, 0)] * 5,
        [Count(0, 1)],
    ],
)
def test_no_limits_are_told_where_none_can_be(counts):
    assert funnel(counts) is None


boards = st.lists(
    st.integers(1, 2000).flatmap(
        lambda beds: st.integers(0, 2 * beds).map(lambda taken: Count(beds, taken))
    ),
    min_size=3,
    max_size=50,
)


@given(boards)
def test_limits_hold_the_middle_and_narrow_as_beds_grow(counts):
    found = funnel(counts)
    if found is None:
        return
    for limits in (found.luck, found.usual):
        few, many = limits(10), limits(1000)
        assert few[0] <= many[0] <= found.middle <= many[1] <= few[1]
    luck, usual = found.luck(100), found.usual(100)
    assert usual[0] <= luck[0] <= luck[1] <= usual[1]


@given(boards)
def test_the_order_of_boards_changes_nothing(counts):
    one, other = funnel(counts), funnel(counts[::-1])
    assert (one is None) == (other is None)
    if one and other:
        assert other.middle == one.middle
        assert other.spread == pytest.approx(one.spread)
