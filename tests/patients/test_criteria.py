"""Criteria met, not met and not known; and the two lists of kinds held together."""

import json

import pytest

from observations.kinds import KINDS
from observations.rulesets import ruleset
from patients.actions.pathways import DEFAULTS
from patients.criteria import answers
from patients.planned import PLANNED

# Domain page, "Pathways": acute respiratory infection, SpO2 >= 95 and NEWS2 < 3 to admit;
# consider 93-94 or NEWS2 3-4 if improving.
ARI = next(
    entry
    for entry in json.loads(DEFAULTS.read_text())["pathways"]
    if entry["code"] == "acute-respiratory-infection"
)["criteria"]


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"spo2": 95}, "met"),
        ({"spo2": 94}, "consider"),
        ({"spo2": 93}, "consider"),
        ({"spo2": 92}, "not_met"),
        ({"spo2": ""}, "not_known"),
        ({"spo2": None}, "not_known"),
        ({"spo2": True}, "not_known"),
        ({}, "not_known"),
    ],
)
def test_spo2_to_admit_with_a_respiratory_infection(facts, state):
    assert {a.key: a.state for a in answers(ARI, facts)}["spo2"] == state


@pytest.mark.parametrize(
    ("news2", "state"), [(0, "met"), (2, "met"), (3, "consider"), (4, "consider"), (5, "not_met")]
)
def test_news2_to_admit_with_a_respiratory_infection(news2, state):
    assert {a.key: a.state for a in answers(ARI, {"news2": news2})}["news2"] == state


@pytest.mark.parametrize(("agrees", "state"), [(True, "met"), (False, "not_met")])
def test_no_is_not_met_and_silence_is_not_known(agrees, state):
    assert {a.key: a.state for a in answers(ARI, {"agrees": agrees})}["agrees"] == state


def test_the_words_of_planned_kinds_are_those_of_the_readings():
    theirs = {k.name: (k.label, k.unit, k.low, k.high) for k in KINDS.values()}
    assert {p.kind: (p.label, p.unit, p.low, p.high) for p in PLANNED.values()} == theirs


def test_every_default_ruleset_can_be_read():
    for entry in json.loads(DEFAULTS.read_text())["pathways"]:
        rules = ruleset(entry["ruleset"])
        assert {limit.kind for limit in rules.limits} == set(entry["schedule"]), entry["code"]
