"""NEWS2 against the RCP's chart: every band edge, both SpO2 scales, every subset of gaps."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observations import news2

RCP = "RCP 2017, chart 1"
RCP_2 = "RCP 2017, chart 1, SpO2 scale 2"
HALF = "clinical.md: a half goes to the neighbour that scores more"
HALF_DOWN = "clinical.md: a half of SpO2 goes downwards"

CALM: dict[str, Any] = {
    "respiratory_rate": 16,
    "spo2": 97,
    "oxygen": False,
    "systolic": 120,
    "pulse": 70,
    "consciousness": "A",
    "temperature": 37.0,
}
EMPTY: dict[str, Any] = dict.fromkeys(CALM)

# parameter, value, points, source
BANDS = [
    ("respiratory_rate", 1, 3, RCP),
    ("respiratory_rate", 8, 3, RCP),
    ("respiratory_rate", 8.5, 3, HALF),
    ("respiratory_rate", 9, 1, RCP),
    ("respiratory_rate", 11, 1, RCP),
    ("respiratory_rate", 11.5, 1, HALF),
    ("respiratory_rate", 12, 0, RCP),
    ("respiratory_rate", 20, 0, RCP),
    ("respiratory_rate", 20.4, 0, RCP),
    ("respiratory_rate", 20.5, 2, HALF),
    ("respiratory_rate", 21, 2, RCP),
    ("respiratory_rate", 24, 2, RCP),
    ("respiratory_rate", 24.5, 3, HALF),
    ("respiratory_rate", 25, 3, RCP),
    ("respiratory_rate", 60, 3, RCP),
    ("spo2", 91, 3, RCP),
    ("spo2", 91.5, 3, HALF_DOWN),
    ("spo2", 92, 2, RCP),
    ("spo2", 93, 2, RCP),
    ("spo2", 93.5, 2, HALF_DOWN),
    ("spo2", 94, 1, RCP),
    ("spo2", 95, 1, RCP),
    ("spo2", 95.5, 1, HALF_DOWN),
    ("spo2", 95.6, 0, RCP),
    ("spo2", 96, 0, RCP),
    ("spo2", 100, 0, RCP),
    ("oxygen", False, 0, RCP),
    ("oxygen", True, 2, RCP),
    ("systolic", 90, 3, RCP),
    ("systolic", 90.5, 3, HALF),
    ("systolic", 91, 2, RCP),
    ("systolic", 100, 2, RCP),
    ("systolic", 100.5, 2, HALF),
    ("systolic", 101, 1, RCP),
    ("systolic", 110, 1, RCP),
    ("systolic", 110.5, 1, HALF),
    ("systolic", 111, 0, RCP),
    ("systolic", 219, 0, RCP),
    ("systolic", 219.5, 3, HALF),
    ("systolic", 220, 3, RCP),
    ("pulse", 40, 3, RCP),
    ("pulse", 40.5, 3, HALF),
    ("pulse", 41, 1, RCP),
    ("pulse", 50, 1, RCP),
    ("pulse", 50.5, 1, HALF),
    ("pulse", 51, 0, RCP),
    ("pulse", 90, 0, RCP),
    ("pulse", 90.5, 1, HALF),
    ("pulse", 91, 1, RCP),
    ("pulse", 110, 1, RCP),
    ("pulse", 110.5, 2, HALF),
    ("pulse", 111, 2, RCP),
    ("pulse", 130, 2, RCP),
    ("pulse", 130.5, 3, HALF),
    ("pulse", 131, 3, RCP),
    ("consciousness", "A", 0, RCP),
    ("consciousness", "C", 3, RCP),
    ("consciousness", "V", 3, RCP),
    ("consciousness", "P", 3, RCP),
    ("consciousness", "U", 3, RCP),
    ("temperature", 35.0, 3, RCP),
    ("temperature", 35.05, 3, HALF),
    ("temperature", 35.1, 1, RCP),
    ("temperature", 36.0, 1, RCP),
    ("temperature", 36.05, 1, HALF),
    ("temperature", 36.1, 0, RCP),
    ("temperature", 38.0, 0, RCP),
    ("temperature", 38.05, 1, HALF),
    ("temperature", 38.1, 1, RCP),
    ("temperature", 39.0, 1, RCP),
    ("temperature", 39.05, 2, HALF),
    ("temperature", 39.1, 2, RCP),
    ("temperature", 41.0, 2, RCP),
]

# SpO2, on oxygen, points, source
SCALE_2 = [
    (83, False, 3, RCP_2),
    (83.5, False, 3, HALF_DOWN),
    (84, False, 2, RCP_2),
    (85, False, 2, RCP_2),
    (86, False, 1, RCP_2),
    (87, False, 1, RCP_2),
    (87.5, False, 1, HALF_DOWN),
    (88, False, 0, RCP_2),
    (92, False, 0, RCP_2),
    (93, False, 0, RCP_2),
    (97, False, 0, RCP_2),
    (100, False, 0, RCP_2),
    (83, True, 3, RCP_2),
    (84, True, 2, RCP_2),
    (85, True, 2, RCP_2),
    (86, True, 1, RCP_2),
    (87, True, 1, RCP_2),
    (88, True, 0, RCP_2),
    (92, True, 0, RCP_2),
    (92.5, True, 0, HALF_DOWN),
    (93, True, 1, RCP_2),
    (94, True, 1, RCP_2),
    (94.5, True, 1, HALF_DOWN),
    (95, True, 2, RCP_2),
    (96, True, 2, RCP_2),
    (97, True, 3, RCP_2),
    (100, True, 3, RCP_2),
    # Not knowing about oxygen leaves only what both columns agree on.
    (83, None, 3, RCP_2),
    (85, None, 2, RCP_2),
    (87, None, 1, RCP_2),
    (92, None, 0, RCP_2),
    (93, None, None, RCP_2),
    (97, None, None, RCP_2),
]

# One value for each number of points a parameter can have, to walk through all sums.
CHOICES: dict[str, list[Any]] = {
    "respiratory_rate": [8, 9, 12, 21, 25],
    "spo2": [83, 84, 86, 88, 91, 92, 93, 94, 95, 96, 97],
    "oxygen": [False, True],
    "systolic": [90, 91, 101, 111, 220],
    "pulse": [40, 41, 51, 91, 111, 131],
    "consciousness": ["A", "C"],
    "temperature": [35.0, 35.1, 36.1, 38.1, 39.1],
}
some_vitals = st.fixed_dictionaries(
    {name: st.sampled_from([None, *values]) for name, values in CHOICES.items()}
)
scales = st.sampled_from([1, 2])


@pytest.mark.parametrize(("name", "value", "points", "source"), BANDS)
def test_each_band_edge_scores_as_the_chart_says(name, value, points, source):
    result = news2.score(**CALM | {name: value})
    assert result.parts[name] == points, source
    assert result.total == points, source


@pytest.mark.parametrize(("spo2", "oxygen", "points", "source"), SCALE_2)
def test_each_band_edge_of_scale_2_scores_as_the_chart_says(spo2, oxygen, points, source):
    result = news2.score(**CALM | {"spo2": spo2, "oxygen": oxygen}, spo2_scale=2)
    assert result.parts["spo2"] == points, source


def test_the_highest_score_is_twenty():
    worst = {name: values[0] for name, values in CHOICES.items()}
    worst |= {"oxygen": True, "consciousness": "U", "temperature": 35}
    assert news2.score(**worst).total == news2.HIGHEST


def least_of_all_completions(vitals: dict[str, Any], scale: int) -> int:
    """The definition of `lowest`, by trying everything that the missing ones could be."""
    options = [CHOICES[name] if vitals[name] is None else [vitals[name]] for name in CHOICES]
    totals = (
        news2.score(**dict(zip(CHOICES, values, strict=True)), spo2_scale=scale).total
        for values in product(*options)
    )
    return min(total for total in totals if total is not None)


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("given_oxygen", [False, True])
@pytest.mark.parametrize("gaps", list(product([False, True], repeat=7)), ids=str)
def test_any_subset_of_gaps_leaves_no_total_and_the_joint_minimum(gaps, given_oxygen, scale):
    full = CALM | {"respiratory_rate": 22, "pulse": 95, "oxygen": given_oxygen}
    vitals = {name: None if gap else full[name] for name, gap in zip(full, gaps, strict=True)}
    result = news2.score(**vitals, spo2_scale=scale)
    missing = tuple(name for name in news2.PARAMETERS if vitals[name] is None)
    assert result.missing == missing
    assert (result.total is None) == bool(missing)
    assert all(result.parts[name] is None for name in missing)
    if sum(gaps) <= 4:  # above that only the number of completions grows
        assert result.lowest == least_of_all_completions(vitals, scale)


@pytest.mark.parametrize("spo2", CHOICES["spo2"])
def test_scale_2_with_oxygen_missing_takes_both_from_the_same_world(spo2):
    # The trap: oxygen's least (air) beside an SpO2 part that belongs to oxygen would score 97 as 3.
    vitals = CALM | {"spo2": spo2, "oxygen": None}
    on_air = news2.score(**vitals | {"oxygen": False}, spo2_scale=2).total
    assert news2.score(**vitals, spo2_scale=2).lowest == on_air


@given(vitals=some_vitals, scale=scales, name=st.sampled_from(sorted(CHOICES)), data=st.data())
def test_adding_a_value_never_lowers_the_lowest(vitals, scale, name, data):
    fewer = vitals | {name: None}
    more = vitals | {name: data.draw(st.sampled_from(CHOICES[name]))}
    before = news2.score(**fewer, spo2_scale=scale)
    assert news2.score(**more, spo2_scale=scale).lowest >= before.lowest


@given(vitals=some_vitals, scale=scales)
def test_a_total_is_there_exactly_when_nothing_is_missing(vitals, scale):
    result = news2.score(**vitals, spo2_scale=scale)
    assert (result.total is None) == bool(result.missing)
    assert result.total in (None, result.lowest)
    assert 0 <= result.lowest <= news2.HIGHEST


@given(vitals=some_vitals, scale=scales)
def test_the_response_follows_the_lowest_then_a_single_three(vitals, scale):
    result = news2.score(**vitals, spo2_scale=scale)
    if result.lowest >= 7:
        assert result.response == "high"
    elif result.lowest >= 5:
        assert result.response == "medium"
    elif 3 in result.parts.values():
        assert result.response == "low_medium"
    else:
        assert result.response == ("incomplete" if result.missing else "low")


SINGLE_THREES = [(name, value) for name, value, points, _ in BANDS if points == 3]


@pytest.mark.parametrize(("name", "value"), SINGLE_THREES)
@pytest.mark.parametrize("others", list(product([False, True], repeat=6)), ids=str)
def test_a_single_three_rings_whatever_else_is_missing(name, value, others):
    names = [other for other in CALM if other != name]
    vitals = CALM | {other: None for other, gone in zip(names, others, strict=True) if gone}
    assert news2.score(**vitals | {name: value}).response == "low_medium"


# values, lowest, response, source
RESPONSES = [
    ({}, 0, "incomplete", "clinical.md: a gap is not calm"),
    ({"spo2": 84}, 3, "low_medium", "clinical.md: an SpO2 of 84 alone rings"),
    ({"spo2": 92}, 2, "incomplete", "clinical.md"),
    ({"spo2": 91, "oxygen": True}, 5, "medium", "clinical.md: medium when lowest is 5"),
    ({"spo2": 91, "respiratory_rate": 25, "pulse": 91}, 7, "high", "clinical.md: high at 7"),
    (CALM, 0, "low", "RCP 2017: 0 is low"),
    (CALM | {"spo2": 93, "oxygen": True}, 4, "low", "RCP 2017: 1 to 4 is low"),
    (CALM | {"spo2": 93, "oxygen": True, "pulse": 91}, 5, "medium", "RCP 2017: 5 is urgent"),
    (CALM | {"pulse": 131, "spo2": 91}, 6, "medium", "RCP 2017: a 3 lowers nothing"),
    (CALM | {"pulse": 131, "spo2": 91, "temperature": 36}, 7, "high", "RCP 2017: 7 is emergency"),
]


@pytest.mark.parametrize(("values", "lowest", "response", "source"), RESPONSES)
def test_the_response_at_each_threshold(values, lowest, response, source):
    result = news2.score(**EMPTY | values)
    assert (result.lowest, result.response) == (lowest, response), source


@pytest.mark.parametrize(
    "slip",
    [
        {"consciousness": "alert"},
        {"consciousness": "a"},
        {"oxygen": "air"},
        {"oxygen": []},
        {"spo2_scale": 3},
        {"pulse": float("nan")},
        {"temperature": float("inf")},
    ],
)
def test_a_typing_slip_is_an_error_and_never_a_low_score(slip):
    with pytest.raises(ValueError, match=r"cannot be|finite|scale"):
        news2.score(**CALM | slip)


def test_the_rcp_text_tells_zero_from_one():
    assert "12 hours" in news2.rcp_text(news2.score(**CALM))
    assert "4 to 6 hours" in news2.rcp_text(news2.score(**CALM | {"pulse": 91}))
    assert "emergency" in news2.rcp_text(
        news2.score(**CALM | {"pulse": 131, "spo2": 90, "oxygen": True})
    )


# A word has no band, and a half lies on the edge of two.
DRAWN = [row for row in BANDS if row[3] == RCP and row[0] not in {"oxygen", "consciousness"}]


@pytest.mark.parametrize(("name", "value", "points", "source"), DRAWN)
def test_the_bands_that_are_drawn_are_the_bands_that_score(name, value, points, source):
    inside = [band.points for band in news2.bands(name) if band.low < value < band.high]
    assert inside == [points], source


def test_scale_2_has_bands_of_its_own_on_air_and_on_oxygen():
    air = news2.bands("spo2", spo2_scale=2)
    oxygen = news2.bands("spo2", spo2_scale=2, oxygen=True)
    assert [band.points for band in air] == [3, 2, 1, 0]
    assert [(band.low, band.points) for band in oxygen[3:]] == [
        (87.5, 0),
        (92.5, 1),
        (94.5, 2),
        (96.5, 3),
    ]
