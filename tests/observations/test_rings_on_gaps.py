"""The first rule: a response of high, medium or low-medium calls somebody, on partial sets too."""

import datetime as dt
from itertools import combinations
from typing import Any

import pytest

from observations import news2
from observations.kinds import CONSCIOUSNESS
from observations.rules import NEWS2, Context, Finding, evaluate
from observations.rulesets import Mode, Ruleset

AT = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
# Royal College of Physicians 2017, chart 1: each side of every edge of every band.
EDGES = {
    "respiratory_rate": (8, 9, 11, 12, 20, 21, 24, 25),
    "spo2": (83, 84, 85, 86, 87, 88, 91, 92, 93, 94, 95, 96, 97),
    "oxygen": (True, False),
    "systolic": (90, 91, 100, 101, 110, 111, 219, 220),
    "pulse": (40, 41, 50, 51, 90, 91, 110, 111, 130, 131),
    "consciousness": tuple(CONSCIOUSNESS),
    "temperature": (35.0, 35.1, 36.0, 36.1, 38.0, 38.1, 39.0, 39.1),
}
NORMAL: dict[str, Any] = {
    "respiratory_rate": 16,
    "spo2": 97,
    "oxygen": False,
    "systolic": 120,
    "pulse": 70,
    "consciousness": "A",
    "temperature": 37.0,
}
PRIORITY = {"high": "emergency", "medium": "urgent", "low_medium": "prompt"}


def rung(given: dict[str, Any], scale: int = 1) -> tuple[news2.Score, list[Finding]]:
    score = news2.score(**given, spo2_scale=scale)
    mode: Mode = "news2_scale2" if scale == 2 else "news2_scale1"
    context = Context(at=AT, mode=mode, rules=Ruleset(), score=score)
    return score, [finding for finding in evaluate(context) if finding.key == NEWS2]


def subsets(names):
    return [set(some) for size in range(len(names) + 1) for some in combinations(names, size)]


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("kind", list(EDGES))
def test_at_every_edge_with_every_subset_of_the_others_missing(kind, scale):
    others = [name for name in NORMAL if name != kind]
    for value in EDGES[kind]:
        for missing in subsets(others):
            given = NORMAL | {kind: value} | dict.fromkeys(missing)
            score, found = rung(given, scale)
            expected = PRIORITY.get(score.response)
            assert [finding.priority for finding in found] == ([expected] if expected else [])
            if missing:
                assert score.total is None
                assert all("at least" in finding.text for finding in found)


@pytest.mark.parametrize("missing", subsets(list(NORMAL)[2:]), ids=lambda some: f"{len(some)} gone")
def test_a_gap_never_silences_what_is_known(missing):
    """SpO2 84 on scale 1 and a breathing rate of 25 are 6 together, whatever else is missing."""
    given = NORMAL | {"spo2": 84, "respiratory_rate": 25} | dict.fromkeys(missing)
    _, found = rung(given)
    assert [finding.priority for finding in found] == ["urgent"]


def test_nothing_measured_rings_nothing():
    score, found = rung(dict.fromkeys(NORMAL))
    assert (score.response, found) == ("incomplete", [])
