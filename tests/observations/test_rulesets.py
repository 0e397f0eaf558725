"""Rulesets as data: read, personalised, compared and checked for what nothing watches."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observations import kinds, rulesets
from observations.rulesets import Change, Limit, Rise, Ruleset, Thresholds, loosens
from patients.actions import pathways

PATHWAYS = {
    one["code"]: one
    for one in json.loads(pathways.DEFAULTS.read_text(encoding="utf-8"))["pathways"]
}
DEFAULTS = {code: rulesets.ruleset(one["ruleset"]) for code, one in PATHWAYS.items()}
SPO2_93 = Limit("spo2", "urgent", low=93)
PLAIN = Ruleset(
    limits=(SPO2_93, Limit("pulse", "prompt", low=45, high=110)),
    changes=(Change("weight", 2, 48, "prompt"),),
    rise=Rise(2, 24),
)


def spo2(*limits: Limit) -> Ruleset:
    return replace(PLAIN, limits=(*limits, PLAIN.limits[1]))


# the change, whether it loosens
CHANGES = [
    (PLAIN, False),
    (spo2(Limit("spo2", "urgent", low=95)), False),
    (spo2(Limit("spo2", "emergency", low=93)), False),
    (spo2(Limit("spo2", "urgent", low=93), Limit("spo2", "emergency", low=88)), False),
    (spo2(Limit("spo2", "urgent", low=93, high=99)), False),
    (spo2(Limit("spo2", "urgent", low=92)), True),
    (spo2(Limit("spo2", "prompt", low=93)), True),
    (spo2(Limit("spo2", "prompt", low=95), Limit("spo2", "urgent", low=90)), True),
    (spo2(), True),
    (replace(PLAIN, changes=(Change("weight", 1.5, 72, "urgent"),)), False),
    (replace(PLAIN, changes=(Change("weight", 2.5, 48, "prompt"),)), True),
    (replace(PLAIN, changes=(Change("weight", 2, 24, "prompt"),)), True),
    (replace(PLAIN, changes=(Change("weight", -2, 48, "prompt"),)), True),
    (replace(PLAIN, changes=()), True),
    (replace(PLAIN, rise=Rise(1, 48, "urgent")), False),
    (replace(PLAIN, rise=Rise(3, 24)), True),
    (replace(PLAIN, rise=None), True),
    (replace(PLAIN, thresholds=Thresholds(6, 4)), False),
    (replace(PLAIN, thresholds=Thresholds(8, 5)), True),
    (replace(PLAIN, thresholds=Thresholds(7, 6)), True),
    (replace(PLAIN, thresholds=Thresholds(quiet_threes=("spo2",))), True),
    (replace(PLAIN, version=9), False),
]


@pytest.mark.parametrize(("changed", "looser"), CHANGES)
def test_a_change_that_rings_later_or_less_is_a_loosening(changed, looser):
    assert loosens(PLAIN, changed) is looser


limit = st.builds(
    lambda priority, a, b, sides: Limit(
        "pulse",
        priority,
        low=min(a, b) if sides != "high" else None,
        high=max(a, b) if sides != "low" else None,
    ),
    st.sampled_from(rulesets.PRIORITIES),
    st.integers(40, 60),
    st.integers(40, 60),
    st.sampled_from(["low", "high", "both"]),
)
rules = st.lists(limit, max_size=3).map(lambda limits: Ruleset(limits=tuple(limits)))


@given(old=rules, new=rules)
def test_loosening_is_exactly_that_some_value_rings_less(old, new):
    halves = [value / 2 for value in range(70, 130)]
    rings = [
        [rulesets.rank(rulesets.priority_of(one.limits, "pulse", value)) for value in halves]
        for one in (old, new)
    ]
    assert loosens(old, new) is any(before > after for before, after in zip(*rings, strict=True))


@pytest.mark.parametrize("data", [PLAIN, *DEFAULTS.values(), Ruleset()])
def test_a_ruleset_survives_json(data):
    assert rulesets.ruleset(json.loads(json.dumps(data.as_json()))) == data


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"limit": []}, "unknown in ruleset: limit"),
        ({"limits": [{"kind": "steps", "priority": "urgent", "low": 1}]}, "no kind 'steps'"),
        ({"limits": [{"kind": "spo2", "priority": "loud", "low": 1}]}, "priority"),
        ({"limits": [{"kind": "spo2", "priority": "urgent"}]}, "low, high or both"),
        ({"limits": [{"kind": "spo2", "priority": "urgent", "low": 9, "high": 8}]}, "above"),
        ({"changes": [{"kind": "weight", "by": 0, "within_hours": 1, "priority": "prompt"}]}, "no"),
        ({"rise": {"by": 0}}, "one or more"),
        ({"thresholds": {"emergency": 13}}, "cannot be switched off"),
        ({"thresholds": {"emergency": 5, "urgent": 6}}, "no later"),
        ({"thresholds": {"quiet_threes": ["weight"]}}, "unknown NEWS2"),
    ],
)
def test_a_ruleset_with_a_mistake_says_which(data, problem):
    with pytest.raises(ValueError, match=problem):
        rulesets.ruleset(data)


def test_a_patients_own_limits_replace_those_of_the_same_kind_only():
    own = Limit("spo2", "urgent", low=90)
    mine = rulesets.personalised(PLAIN, limits=[own], thresholds=Thresholds(8, 6))
    assert set(mine.limits) == {own, PLAIN.limits[1]}
    assert (mine.changes, mine.rise, mine.thresholds.emergency) == (PLAIN.changes, PLAIN.rise, 8)


GLUCOSE = (
    Limit("glucose", "urgent", low=4, high=20),
    Limit("glucose", "emergency", low=3, high=28),
)
# a patient's own, what stays of the pathway's emergency
OWN = [
    (Limit("glucose", "urgent", low=5, high=18), GLUCOSE[1]),
    (Limit("glucose", "prompt", low=2.5, high=18), Limit("glucose", "emergency", high=28)),
    (Limit("glucose", "urgent", low=5), Limit("glucose", "emergency", low=3)),
    (Limit("glucose", "urgent", low=2.5, high=30), None),
    (Limit("glucose", "emergency", low=4, high=20), None),
]


@pytest.mark.parametrize(("own", "left"), OWN)
def test_what_is_more_urgent_and_lies_beyond_a_patients_own_limit_stays(own, left):
    mine = rulesets.personalised(Ruleset(limits=GLUCOSE), limits=[own])
    assert set(mine.limits) == {own, left} - {None}


# mode, planned, rules, what nothing watches
WATCHED = [
    ("comfort", ["spo2", "pain"], Ruleset(), ()),
    ("limits_only", ["spo2", "pulse", "weight"], PLAIN, ()),
    ("limits_only", ["spo2", "temperature", "pain"], PLAIN, ("pain", "temperature")),
    ("news2_scale1", kinds.NEWS2_KINDS, Ruleset(), ()),
    ("news2_scale2", ["spo2", "weight", "diastolic"], Ruleset(), ("diastolic", "weight")),
    (
        "news2_scale1",
        ["pulse", "spo2"],
        Ruleset(thresholds=Thresholds(quiet_threes=("spo2",))),
        ("spo2",),
    ),
]


@pytest.mark.parametrize(("mode", "planned", "rules", "missing"), WATCHED)
def test_not_scored_never_means_not_watched(mode, planned, rules, missing):
    assert rulesets.missing_limits(mode, planned, rules) == missing


@pytest.mark.parametrize("mode", ["news2_scale1", "limits_only"])
@pytest.mark.parametrize("pathway", PATHWAYS)
def test_every_default_watches_all_that_it_asks_for_in_every_mode(pathway, mode):
    rules, planned = DEFAULTS[pathway], PATHWAYS[pathway]["schedule"]
    assert rulesets.missing_limits(mode, planned, rules) == ()


@pytest.mark.parametrize("pathway", PATHWAYS)
def test_no_default_moves_the_thresholds_of_news2(pathway):
    assert DEFAULTS[pathway].thresholds == Thresholds()
