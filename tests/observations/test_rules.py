"""Findings from scores, limits and changes, in every monitoring mode."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observations import kinds, news2, rules, worsening
from observations.bells import WORSE_BY
from observations.rules import Context, Finding, PastScore, Value, evaluate
from observations.rulesets import Change, Limit, Rise, Ruleset, Thresholds

NOW = datetime(2023, 12, 14, 7, 33, tzinfo=UTC)
EMPTY: dict[str, Any] = dict.fromkeys(news2.PARAMETERS)
CALM = EMPTY | {
    "respiratory_rate": 16,
    "spo2": 97,
    "oxygen": False,
    "systolic": 120,
    "pulse": 70,
    "consciousness": "A",
    "temperature": 37.0,
}


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def scored(vitals: dict[str, Any], **context: Any) -> Context:
    known = {
        kind: Value(float(value), NOW)
        for kind, value in vitals.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    given: dict[str, Any] = {"mode": "news2_scale1", "rules": Ruleset(), "values": known} | context
    return Context(at=NOW, score=news2.score(**vitals), **given)


def limited(
    kind: str, number: float, *limits: Limit, code: str | None = None, **context: Any
) -> Context:
    given: dict[str, Any] = {"mode": "limits_only", "rules": Ruleset(limits=limits)} | context
    return Context(at=NOW, values={kind: Value(number, NOW, code)}, **given)


# vitals, priority, text, source
SCORES = [
    (CALM, None, None, "RCP 2017: low"),
    (CALM | {"spo2": None}, None, None, "clinical.md: incomplete and calm"),
    (EMPTY | {"spo2": 84}, "prompt", "NEWS2 at least 3, six missing", "clinical.md"),
    (CALM | {"pulse": 131}, "prompt", "NEWS2 3", "clinical.md: low_medium is prompt"),
    (CALM | {"spo2": 91, "oxygen": True}, "urgent", "NEWS2 5", "clinical.md: medium is urgent"),
    (
        CALM | {"spo2": 91, "oxygen": True, "pulse": None},
        "urgent",
        "NEWS2 at least 5, one missing",
        "clinical.md: rules read the response",
    ),
    (CALM | {"spo2": 91, "oxygen": True, "pulse": 111}, "emergency", "NEWS2 7", "high: emergency"),
]


@pytest.mark.parametrize(("vitals", "priority", "text", "source"), SCORES)
def test_a_score_is_found_by_its_response(vitals, priority, text, source):
    found = [(finding.priority, finding.text) for finding in evaluate(scored(vitals))]
    assert found == ([(priority, text)] if priority else []), source


some_vitals = st.fixed_dictionaries(
    {
        "respiratory_rate": st.sampled_from([None, 8, 16, 22, 25]),
        "spo2": st.sampled_from([None, 84, 92, 95, 97]),
        "oxygen": st.sampled_from([None, False, True]),
        "systolic": st.sampled_from([None, 90, 100, 120]),
        "pulse": st.sampled_from([None, 45, 70, 120, 131]),
        "consciousness": st.sampled_from([None, "A", "C"]),
        "temperature": st.sampled_from([None, 35.0, 37.0, 39.5]),
    }
)
PRIORITY = {"high": "emergency", "medium": "urgent", "low_medium": "prompt"}


@given(vitals=some_vitals)
def test_unless_loosened_the_priority_is_that_of_the_response(vitals):
    score = news2.score(**vitals)
    assert rules.news2_priority(score, Thresholds()) == PRIORITY.get(score.response)


@given(vitals=some_vitals, emergency=st.integers(7, 12))
def test_however_loosened_the_emergency_rule_still_rings(vitals, emergency):
    score = news2.score(**vitals)
    told = rules.news2_priority(score, Thresholds(emergency, 5, tuple(news2.PARAMETERS)))
    assert (told == "emergency") == (score.lowest >= emergency)


def test_a_usual_three_is_quiet_alone_and_counts_in_the_score():
    usual = Ruleset(thresholds=Thresholds(quiet_threes=("spo2",)))
    assert evaluate(scored(CALM | {"spo2": 90}, rules=usual)) == ()
    (finding,) = evaluate(scored(CALM | {"spo2": 90, "oxygen": True}, rules=usual, usual_news2=4))
    assert (finding.priority, finding.text) == ("urgent", "NEWS2 5 (usual 4)")


def test_a_finding_names_what_crossed_and_all_that_was_known():
    vitals = CALM | {"respiratory_rate": 25, "spo2": 92, "pulse": 91}
    (finding,) = evaluate(scored(vitals))
    assert finding.parameters == {"respiratory_rate", "spo2"}
    assert ("pulse", "91") in finding.values
    assert (finding.severity, finding.measured_at) == (6, NOW)


# kind, number, limits, priority, text
LIMITS = [
    ("spo2", 84, [Limit("spo2", "urgent", low=90)], "urgent", "SpO2 84 % below 90 %"),
    ("spo2", 90, [Limit("spo2", "urgent", low=90)], None, None),
    ("pulse", 116, [Limit("pulse", "prompt", high=115)], "prompt", "Pulse 116 /min above 115 /min"),
    ("pulse", 115, [Limit("pulse", "prompt", high=115)], None, None),
    (
        "temperature",
        39.1,
        [Limit("temperature", "prompt", low=35, high=39)],
        "prompt",
        "Temp 39.1 °C above 39 °C",
    ),
    ("pain", 8, [Limit("pain", "prompt", high=6)], "prompt", "Pain 8 above 6"),
    (
        "spo2",
        84,
        [Limit("spo2", "prompt", low=92), Limit("spo2", "emergency", low=85)],
        "emergency",
        "SpO2 84 % below 85 %",
    ),
]


@pytest.mark.parametrize(("kind", "number", "limits", "priority", "text"), LIMITS)
def test_a_limit_is_crossed_only_beyond_it_and_told_once(kind, number, limits, priority, text):
    for order in (limits, limits[::-1]):
        found = [(f.priority, f.text) for f in evaluate(limited(kind, number, *order))]
        assert found == ([(priority, text)] if priority else [])


@pytest.mark.parametrize(
    ("spo2", "thresholds", "more"),
    [
        (92, Thresholds(), 0),
        (91, Thresholds(), 3),
        (91, Thresholds(quiet_threes=("spo2",)), 0),
    ],
)
def test_a_limit_is_worse_where_its_value_scores_a_three(spo2, thresholds, more):
    limit = Limit("spo2", "urgent", low=93)
    own = Ruleset(limits=(limit,), thresholds=thresholds)
    found = {one.key: one for one in evaluate(scored(CALM | {"spo2": spo2}, rules=own))}
    (unscored,) = evaluate(limited("spo2", spo2, limit))
    assert found["limit:spo2:below"].severity == unscored.severity + more


# kind, limit, shown, later, plainly worse
WORSE = [
    ("spo2", {"low": 91}, 90, 80, True),
    ("spo2", {"low": 91}, 90, 89, False),
    ("spo2", {"low": 91}, 80, 90, False),
    ("pulse", {"high": 130}, 131, 160, True),
    ("pulse", {"high": 130}, 131, 135, False),
    ("pulse", {"low": 41}, 40, 28, True),
    ("consciousness", {"high": 0}, 1, 2, True),
    ("temperature", {"high": 38.9}, 39.0, 40.0, True),
    ("temperature", {"high": 38.9}, 39.0, 39.2, False),
    ("glucose", {"low": 4}, 3.9, 2.4, True),
    ("respiratory_rate", {"high": 44}, 45, 50, True),
]


@pytest.mark.parametrize(("kind", "limit", "shown", "later", "worse"), WORSE)
def test_a_value_far_beyond_the_one_shown_is_something_worse_without_a_score(
    kind, limit, shown, later, worse
):
    own = Limit(kind, "urgent", **limit)
    (before,), (now,) = evaluate(limited(kind, shown, own)), evaluate(limited(kind, later, own))
    assert (now.severity >= before.severity + WORSE_BY) == worse


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_kind_has_its_steps(kind):
    known = kinds.KINDS[kind]
    assert (
        worsening.steps(kind, "below", known.high) == 0 == worsening.steps(kind, "above", known.low)
    )
    assert (
        worsening.steps(kind, "below", known.low) > 1 < worsening.steps(kind, "above", known.high)
    )


def test_a_limit_that_moves_makes_no_value_worse():
    loose, tight = Limit("spo2", "urgent", low=91), Limit("spo2", "urgent", low=95)
    (before,), (now,) = evaluate(limited("spo2", 90, loose)), evaluate(limited("spo2", 90, tight))
    assert now.severity == before.severity


def test_twice_the_gain_is_something_worse():
    (before,), (now,) = weighed(72.0, (24, 70.0)), weighed(74.0, (24, 70.0))
    assert now.severity - before.severity == WORSE_BY


def test_a_word_beyond_its_limit_is_told_as_the_word():
    alert_only = Limit("consciousness", "urgent", high=0)
    (finding,) = evaluate(limited("consciousness", 1, alert_only, code="C"))
    assert finding.text == "ACVPU C beyond what is agreed"


def weighed(now: float, *before: tuple[float, float], by: float = 2.0) -> tuple[Finding, ...]:
    past = [Value(number, NOW - hours(ago)) for ago, number in before]
    gain = Ruleset(changes=(Change("weight", by, 48, "prompt"),))
    context = limited("weight", now, rules=gain, past={"weight": past})
    return evaluate(context)


# weight now, (hours ago, weight)…, by, text
WEIGHTS = [
    (71.3, [(24, 69.3)], 2.0, "Weight +2.0 kg in 48 h"),
    (71.2, [(24, 69.3)], 2.0, None),
    (71.3, [(48, 69.3)], 2.0, "Weight +2.0 kg in 48 h"),
    (71.3, [(49, 69.3)], 2.0, None),
    (71.3, [(47, 71.0), (40, 69.0), (2, 71.0)], 2.0, "Weight +2.3 kg in 48 h"),
    (69.3, [(24, 71.4)], 2.0, None),
    (69.3, [(24, 71.4)], -2.0, "Weight -2.1 kg in 48 h"),
    (71.3, [], 2.0, None),
]


@pytest.mark.parametrize(("now", "before", "by", "text"), WEIGHTS)
def test_a_gain_counts_from_the_least_within_its_time(now, before, by, text):
    for order in (before, before[::-1]):
        assert [f.text for f in weighed(now, *order, by=by)] == ([text] if text else [])


# past scores (hours ago, total), whether a rise of 2 within 24 h is found
RISES = [
    ([(1, 1)], True),
    ([(1, 2)], False),
    ([(25, 0)], False),
    ([(24, 0), (1, 3)], True),
    ([], False),
]


@pytest.mark.parametrize(("past", "found"), RISES)
def test_a_rise_counts_from_the_least_complete_score_within_its_time(past, found):
    context = scored(
        CALM | {"spo2": 92, "pulse": 91},
        rules=Ruleset(rise=Rise(2, 24)),
        past_scores=[PastScore(total, NOW - hours(ago)) for ago, total in past],
    )
    assert [finding.key for finding in evaluate(context)] == ([rules.RISE] if found else [])


ALL_RULES = Ruleset(
    limits=(Limit("spo2", "urgent", low=90), Limit("pain", "prompt", high=6)),
    changes=(Change("weight", 2, 48, "prompt"),),
    rise=Rise(),
)
# mode, the rules that may speak, in order
MODES = [
    (
        "news2_scale1",
        [
            "news2",
            "concern",
            "limit:spo2:below",
            "change:weight:gain",
            "limit:pain:above",
            "news2-rise",
        ],
    ),
    ("limits_only", ["concern", "limit:spo2:below", "change:weight:gain", "limit:pain:above"]),
    ("comfort", ["concern", "limit:pain:above"]),
]


def everything_wrong(mode: str) -> Context:
    context = scored(CALM | {"spo2": 84, "pulse": 131, "oxygen": True}, mode=mode, rules=ALL_RULES)
    values = {**context.values, "pain": Value(9, NOW), "weight": Value(75, NOW)}
    return replace(
        context,
        values=values,
        past={"weight": [Value(70, NOW - hours(20)), Value(72, NOW - hours(10))]},
        past_scores=[PastScore(1, NOW - hours(2)), PastScore(4, NOW - hours(1))],
        concern_at=NOW,
    )


@pytest.mark.parametrize(("mode", "keys"), MODES)
def test_each_mode_hears_what_it_should(mode, keys):
    assert [finding.key for finding in evaluate(everything_wrong(mode))] == keys


@given(data=st.data())
def test_the_order_of_arrival_changes_nothing(data):
    context = everything_wrong("news2_scale1")

    def mixed(things):
        return data.draw(st.permutations(list(things)))

    shuffled = replace(
        context,
        values=dict(mixed(context.values.items())),
        past={"weight": mixed(context.past["weight"])},
        past_scores=mixed(context.past_scores),
        rules=replace(ALL_RULES, limits=tuple(mixed(ALL_RULES.limits))),
    )
    assert evaluate(shuffled) == evaluate(context)


def test_a_worried_carer_is_urgent_without_any_reading():
    (finding,) = evaluate(Context(at=NOW, mode="comfort", rules=Ruleset(), concern_at=NOW))
    assert (finding.key, finding.priority) == ("concern", "urgent")
