"""Beds, patients and rates against published figures, and the traps on the way."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capacity import occupancy
from capacity.occupancy import Area, Count

DECEMBER = "NHS England, virtual ward statistics, December 2023"
APRIL = "NHS England, virtual ward statistics, April 2024"
counts = st.builds(Count, st.integers(0, 500), st.integers(0, 800))
areas = st.builds(Area, st.integers(0, 900), st.integers(1, 3_000_000))


# beds, patients, shown, source
PERCENTS = [
    (11805, 8586, "72.7%", DECEMBER + ", England"),
    (155, 122, "78.7%", DECEMBER + ", QK1"),
    (161, 372, "100%*", DECEMBER + ", QJG"),
    (343, 375, "100%*", DECEMBER + ", QRL"),
    (24, 24, "100.0%", "full is not above full"),
    (10000, 10001, "100%*", "above, however little"),
    (8, 7, "87.5%", "exact"),
    (16, 1, "6.3%", "a half is rounded up, not to even"),
    (0, 3, "–", "patients over capacity without beds"),
]


@pytest.mark.parametrize(("beds", "patients", "shown", "source"), PERCENTS)
def test_occupancy_is_shown_as_the_publication_shows_it(beds, patients, shown, source):
    assert occupancy.percent_display(Count(beds, patients)) == shown, source


def test_above_one_hundred_the_true_figure_is_kept():
    assert occupancy.percent(Count(161, 372)) == "231.1%"
    assert Count(161, 372).occupancy == 372 / 161
    assert Count(161, 372).free == 0


@given(st.lists(counts))
def test_a_total_is_the_sum_of_counts_and_not_of_ratios(known):
    whole = occupancy.total(known)
    assert whole.beds == sum(count.beds for count in known)
    assert whole.patients == sum(count.patients for count in known)
    assert whole.occupancy == (whole.patients / whole.beds if whole.beds else None)


def test_capping_before_adding_would_give_another_figure():
    small_and_over, large = Count(161, 372), Count(839, 500)
    assert occupancy.percent(occupancy.total([small_and_over, large])) == "87.2%"


@pytest.mark.parametrize(
    ("beds", "patients", "reached"),
    [(15, 12, True), (1000, 799, False), (10000, 7999, False), (5, 4, True), (0, 0, False)],
)
def test_eighty_percent_is_compared_unrounded(beds, patients, reached):
    assert occupancy.reaches(Count(beds, patients)) is reached


def test_no_patients_beside_beds_is_a_missing_return():
    assert occupancy.is_not_returned(Count(212, 0))
    assert not occupancy.is_not_returned(Count(0, 0))
    assert not occupancy.is_not_returned(Count(212, 1))


# beds, population, per 100,000, source
RATES = [
    (11805, 51396905, "23.0", DECEMBER + ", England 16+"),
    (12059, 63227624, "19.1", APRIL + ", England all ages"),
    (155, 990432, "15.6", DECEMBER + ", QK1 16+"),
    (155, 1227698, "12.6", "ui/notes.md, QK1 all ages"),
]


@pytest.mark.parametrize(("beds", "population", "shown", "source"), RATES)
def test_beds_per_hundred_thousand_match_the_publication(beds, population, shown, source):
    assert f"{occupancy.per_100k(Area(beds, population)):.1f}" == shown, source


# beds, population, rate, needed, short, source
NEEDS = [
    (155, 990432, 40, 397, 242, "ui/notes.md, QK1"),
    (155, 990432, 50, 496, 341, "ui picture, QK1"),
    (155, 1227698, 40, 492, 337, "ui picture, QK1 all ages"),
    (11805, 51396905, 40, 20559, 8754, "ui picture, England"),
    (50, 100000, 40, 40, 0, "enough"),
    (0, 1000, 0.1, 1, 1, "rounded up"),
    (0, 1_000_000, 0.1, 1, 1, "exact tenths stay exact"),
]


@pytest.mark.parametrize(("beds", "population", "rate", "needed", "short", "source"), NEEDS)
def test_beds_needed_are_rounded_up(beds, population, rate, needed, short, source):
    assert occupancy.beds_needed(population, rate) == needed, source
    assert occupancy.beds_short(Area(beds, population), rate) == short, source


@given(st.lists(areas, min_size=1, max_size=8), st.sampled_from([40, 50]))
def test_the_net_shortfall_never_exceeds_the_sum_of_each_ones_own(known, rate):
    net = occupancy.net_short(known, rate)
    own = occupancy.own_short(known, rate)
    assert net <= own
    if len(known) == 1:
        assert net == own


def test_ones_spare_beds_count_for_another_only_net():
    known = [Area(100, 100_000), Area(0, 100_000)]
    assert (occupancy.net_short(known, 40), occupancy.own_short(known, 40)) == (0, 40)


def utc(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_who_leaves_at_eight_has_left_and_who_comes_at_eight_is_there():
    eight = utc(2023, 12, 14, 8)
    hour = timedelta(hours=1)
    periods = [
        (eight, None),
        (eight - hour, eight),
        (eight - hour, eight + hour),
        (eight + hour, None),
    ]
    assert occupancy.present_at(periods, eight) == 2


@pytest.mark.parametrize(
    ("day", "instant"),
    [
        (date(2024, 3, 30), utc(2024, 3, 30, 8)),
        (date(2024, 3, 31), utc(2024, 3, 31, 7)),
        (date(2024, 10, 26), utc(2024, 10, 26, 7)),
        (date(2024, 10, 27), utc(2024, 10, 27, 8)),
    ],
)
def test_the_count_stays_at_eight_when_the_clocks_change(day, instant):
    period = (instant, instant + timedelta(seconds=1))
    assert occupancy.daily([period], day, day) == [(day, 1)]


moments = st.datetimes(datetime(2024, 3, 25), datetime(2024, 4, 5), timezones=st.just(UTC))
stays = st.tuples(moments, st.none() | st.timedeltas(timedelta(0), timedelta(days=9))).map(
    lambda stay: (stay[0], None if stay[1] is None else stay[0] + stay[1])
)


@given(st.lists(stays))
def test_daily_counts_are_the_periods_present_each_morning(known):
    first, last = date(2024, 3, 26), date(2024, 4, 6)
    found = occupancy.daily(known, first, last)
    assert [day for day, _ in found] == [first + timedelta(days=n) for n in range(12)]
    for day, count in found:
        assert count == occupancy.present_at(known, occupancy.count_instant(day))
    assert occupancy.bed_days(known, first, last) == sum(count for _, count in found)


@pytest.mark.parametrize(
    ("start", "end", "nights"),
    [
        (utc(2024, 7, 1, 22, 59), utc(2024, 7, 1, 23, 1), 1),
        (utc(2024, 7, 1, 8), utc(2024, 7, 1, 20), 0),
        (utc(2024, 3, 30, 12), utc(2024, 4, 6, 12), 7),
    ],
)
def test_a_stay_is_as_long_as_its_midnights_in_london(start, end, nights):
    assert occupancy.nights(start, end) == nights


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, 0), (1, None), (7, None), (8, 10), (12, 10), (13, 15), (122, 120), (123, 125)],
)
def test_small_counts_are_suppressed_and_others_rounded_to_five(count, shown):
    assert occupancy.suppressed(count) == shown, "NHS Digital practice, domain.md"


@pytest.mark.parametrize(
    ("cells", "shown", "total"),
    [
        ({"a": 40, "b": 30}, {"a": 40, "b": 30}, 70),
        ({"a": 40, "b": 3, "c": 2}, {"a": 40, "b": None, "c": None}, 45),
        ({"a": 40, "b": 3, "c": 20}, {"a": 40, "b": None, "c": None}, 65),
        ({"a": 0, "b": 3}, {"a": 0, "b": None}, None),
    ],
)
def test_a_suppressed_cell_cannot_be_had_back_from_the_total(cells, shown, total):
    assert occupancy.suppressed_table(cells) == (shown, total)


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 60), max_size=6))
def test_never_exactly_one_thing_is_suppressed(cells):
    shown, total = occupancy.suppressed_table(cells)
    assert [*shown.values(), total].count(None) != 1
