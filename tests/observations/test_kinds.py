"""What a device may send, and what is charted of it."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observations import codes, kinds, news2
from observations.kinds import Parsed, Problem, parse

UNITS = "design.md: kinds and units"
PRECISION = "clinical.md: chart precision, a half to the neighbour that scores more"

# kind, value, unit, charted number, code, source
CHARTED = [
    ("respiratory_rate", 18, "/min", 18.0, None, UNITS),
    ("spo2", 97, "%", 97.0, None, UNITS),
    ("oxygen", "air", None, 0.0, "air", UNITS),
    ("oxygen", "air", "L/min", 0.0, "air", UNITS),
    ("oxygen", 2, None, 2.0, None, UNITS),
    ("oxygen", 0.5, "L/min", 0.5, None, UNITS),
    ("systolic", 120, "mmHg", 120.0, None, UNITS),
    ("systolic", 120, "mm[Hg]", 120.0, None, "UCUM"),
    ("diastolic", 80, "mmHg", 80.0, None, UNITS),
    ("pulse", 72, "/min", 72.0, None, UNITS),
    ("consciousness", "A", None, 0.0, "A", UNITS),
    ("consciousness", "U", None, 4.0, "U", UNITS),
    ("temperature", 36.8, "Cel", 36.8, None, UNITS),
    ("temperature", 100.4, "degF", 38.0, None, "clinical.md: 100.4 F is 38.0"),
    ("temperature", 102.2, "[degF]", 39.0, None, "UCUM; 102.2 F is 39.0 C"),
    ("weight", 71.25, "kg", 71.3, None, PRECISION),
    ("glucose", 5.5, "mmol/L", 5.5, None, UNITS),
    ("glucose", 99, "mg/dL", 5.5, None, "99 / 18.0156"),
    ("peak_flow", 350, "L/min", 350.0, None, UNITS),
    ("pain", 10, None, 10.0, None, UNITS),
    ("respiratory_rate", 8.5, "/min", 8.0, None, PRECISION),
    ("respiratory_rate", 20.5, "/min", 21.0, None, PRECISION),
    ("spo2", 91.5, "%", 91.0, None, "clinical.md: SpO2 downwards"),
    ("spo2", 95.6, "%", 96.0, None, PRECISION),
    ("systolic", 110.5, "mmHg", 110.0, None, PRECISION),
    ("systolic", 219.5, "mmHg", 220.0, None, PRECISION),
    ("pulse", 130.5, "/min", 131.0, None, PRECISION),
    ("temperature", 35.05, "Cel", 35.0, None, PRECISION),
    ("temperature", 36.05, "Cel", 36.0, None, PRECISION),
    ("temperature", 38.05, "Cel", 38.1, None, PRECISION),
    ("temperature", 39.05, "Cel", 39.1, None, PRECISION),
    ("temperature", 38.04, "Cel", 38.0, None, PRECISION),
    ("temperature", Decimal("38.05"), "Cel", 38.1, None, PRECISION),
]

# kind, value, unit, why
REFUSED: list[tuple[Any, Any, Any, str]] = [
    ("steps", 4000, "1", "unknown_kind"),
    (None, 1, None, "unknown_kind"),
    ([], 1, None, "unknown_kind"),
    ("pulse", 72, None, "unit_missing"),
    ("pulse", 72, "", "unit_missing"),
    ("spo2", 97, None, "unit_missing"),
    ("temperature", 37, None, "unit_missing"),
    ("temperature", 37, "K", "unit_unknown"),
    ("temperature", 37, "cel", "unit_unknown"),
    ("pulse", 72, {}, "unit_unknown"),
    ("pulse", 72, 0, "unit_unknown"),
    ("oxygen", 28, "%", "unit_unknown"),
    ("pulse", "72", "/min", "not_a_number"),
    ("pulse", True, "/min", "not_a_number"),
    ("pulse", None, "/min", "not_a_number"),
    ("pulse", [72], "/min", "not_a_number"),
    ("pulse", float("nan"), "/min", "not_a_number"),
    ("pulse", float("inf"), "/min", "not_a_number"),
    ("consciousness", "alert", None, "not_a_code"),
    ("consciousness", "a", None, "not_a_code"),
    ("consciousness", 0, None, "not_a_code"),
    ("consciousness", None, None, "not_a_code"),
    ("oxygen", "oxygen", None, "not_a_code"),
    ("oxygen", 0, None, "implausible"),
    ("oxygen", 0.04, None, "implausible"),
    ("oxygen", -2, None, "implausible"),
    ("spo2", 101, "%", "implausible"),
    ("spo2", 0, "%", "implausible"),
    ("temperature", 98.6, "Cel", "implausible"),
    ("temperature", 37, "degF", "implausible"),
    ("pulse", 0, "/min", "implausible"),
    ("pulse", 10**400, "/min", "implausible"),
    ("temperature", 10**400, "degF", "implausible"),
    ("temperature", 1.7e308, "Cel", "implausible"),
    ("pain", 11, None, "implausible"),
    ("pain", -1, None, "implausible"),
]


@pytest.mark.parametrize(("kind", "value", "unit", "number", "code", "source"), CHARTED)
def test_a_value_is_charted_in_its_own_unit(kind, value, unit, number, code, source):
    assert parse(kind, value, unit) == Parsed(number, code), source


@pytest.mark.parametrize(("kind", "value", "unit", "why"), REFUSED)
def test_whatever_a_sender_does_wrong_has_its_reason(kind, value, unit, why):
    assert parse(kind, value, unit) == Problem(why)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=3,
)
some_kind = st.sampled_from(sorted(kinds.KINDS))
some_unit = st.sampled_from(sorted({u for k in kinds.KINDS.values() for u in k.units if u}))


@given(kind=some_kind | json_values, value=json_values, unit=some_unit | json_values)
def test_nothing_that_json_can_hold_breaks_the_parser(kind: Any, value: Any, unit: Any):
    result = parse(kind, value, unit)
    if isinstance(result, Parsed):
        known = kinds.KINDS[kind]
        assert result.code in known.codes or known.low <= result.number <= known.high


@given(kind=some_kind, data=st.data())
def test_charting_a_charted_value_changes_nothing(kind, data):
    known = kinds.KINDS[kind]
    value = data.draw(st.floats(known.low, known.high, exclude_max=True))
    charted = kinds.chart(kind, value)
    assert kinds.chart(kind, charted) == charted
    assert abs(charted - value) <= 0.5 / 10**known.decimals + 1e-6


@given(tenths=st.integers(2500, 4500))
def test_celsius_to_fahrenheit_and_back_is_exact_at_chart_precision(tenths):
    celsius = tenths / 100
    sent = round(celsius * 9 / 5 + 32, 4)
    assert parse("temperature", sent, "degF") == parse("temperature", celsius, "Cel")


SCORED = [k for k in kinds.KINDS.values() if k.argument and not k.only_codes and k.name != "oxygen"]


@pytest.mark.parametrize("kind", SCORED, ids=lambda kind: kind.name)
def test_the_charted_value_scores_what_the_value_as_sent_scores(kind):
    half = 0.5 / 10**kind.decimals
    for step in range(round((kind.high - kind.low) / half)):
        value = round(kind.low + step * half, 2)
        empty = dict.fromkeys(news2.PARAMETERS)
        sent = news2.score(**empty | {kind.argument: value})
        charted = news2.score(**empty | {kind.argument: kinds.chart(kind.name, value)})
        assert sent.parts == charted.parts, value


def test_the_seven_of_news2_go_by_the_names_of_its_arguments():
    assert tuple(kinds.KINDS[kind].argument for kind in kinds.NEWS2_KINDS) == news2.PARAMETERS


@pytest.mark.parametrize(
    ("kind", "number", "code", "argument", "shown"),
    [
        ("oxygen", 0.0, "air", False, "Air"),
        ("oxygen", 2.0, None, True, "2.0"),
        ("consciousness", 1.0, "C", "C", "C"),
        ("temperature", 38.0, None, 38.0, "38.0"),
        ("pulse", 112.0, None, 112.0, "112"),
    ],
)
def test_a_charted_value_goes_to_the_score_and_to_people(kind, number, code, argument, shown):
    assert kinds.news2_argument(kind, number, code) is argument or (
        kinds.news2_argument(kind, number, code) == argument
    )
    assert kinds.show(kind, number, code) == shown


def test_every_kind_has_its_codes_and_no_code_means_two_kinds():
    assert set(codes.KINDS) == set(kinds.KINDS)
    assert set(codes.NEWS2_PARTS) == set(news2.PARAMETERS)
    assert set(codes.CONSCIOUSNESS) == set(kinds.CONSCIOUSNESS)
    assert set(codes.SNOMED_KINDS.values()) == set(kinds.KINDS)
