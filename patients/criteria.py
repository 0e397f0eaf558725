"""A pathway's criteria to admit, held against what is known of a patient.

Pure: a criterion is plain data, so that a team edits its own copy.

    {"key": "spo2", "label": "SpO2", "kind": "number", "unit": "%", "min": 95, "consider_min": 93,
     "note": "93 and 94 if improving"}
    {"key": "consents", "label": "Agrees to care at home", "kind": "yes_no", "want": true}

`min` and `max` are met at their own value. Between them and `consider_min` or `consider_max` a
clinician weighs it. A fact that is absent or empty is not known, never not met.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Literal

State = Literal["met", "consider", "not_met", "not_known"]

WORDS: Mapping[State, str] = {
    "met": "met",
    "consider": "to weigh",
    "not_met": "not met",
    "not_known": "not known",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One criterion with its answer, in words a page shows."""

    key: str
    label: str
    wanted: str
    found: str
    state: State
    note: str = ""

    @property
    def word(self) -> str:
        return WORDS[self.state]


def answers(criteria: Iterable[Mapping[str, Any]], facts: Mapping[str, Any]) -> tuple[Answer, ...]:
    """Every criterion in its own order."""
    return tuple(_answer(criterion, facts.get(criterion["key"])) for criterion in criteria)


def _answer(criterion: Mapping[str, Any], fact: Any) -> Answer:
    return Answer(
        key=criterion["key"],
        label=criterion["label"],
        wanted=wanted(criterion),
        found=_found(criterion, fact),
        state=_state(criterion, fact),
        note=criterion.get("note", ""),
    )


def _state(criterion: Mapping[str, Any], fact: Any) -> State:
    if fact is None or fact == "":
        return "not_known"
    if criterion["kind"] == "yes_no":
        return "met" if fact is criterion.get("want", True) else "not_met"
    return _number_state(criterion, fact)


def _number_state(criterion: Mapping[str, Any], fact: Any) -> State:
    if isinstance(fact, bool) or not isinstance(fact, int | float):
        return "not_known"
    if _within(fact, criterion.get("min"), criterion.get("max")):
        return "met"
    low = criterion.get("consider_min", criterion.get("min"))
    high = criterion.get("consider_max", criterion.get("max"))
    return "consider" if _within(fact, low, high) else "not_met"


def _within(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def widens(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether somebody is met, or weighed, who was not before; a question of another kind is."""
    if old["kind"] != new["kind"]:
        return True
    if old["kind"] == "yes_no":
        return bool(old.get("want", True) != new.get("want", True))
    pairs = (("min", "max"), ("consider_min", "consider_max"))
    return any(_reaches_further(_range(old, *pair), _range(new, *pair)) for pair in pairs)


Range = tuple[float, float]


def _range(criterion: Mapping[str, Any], low: str, high: str) -> Range:
    lowest = criterion.get(low, criterion.get("min"))
    highest = criterion.get(high, criterion.get("max"))
    return (-inf if lowest is None else lowest), (inf if highest is None else highest)


def _reaches_further(old: Range, new: Range) -> bool:
    return new[0] < old[0] or new[1] > old[1]


def wanted(criterion: Mapping[str, Any]) -> str:
    """What counts as met: "95 % or more"."""
    if criterion["kind"] == "yes_no":
        return "yes" if criterion.get("want", True) else "no"
    low, high, unit = criterion.get("min"), criterion.get("max"), criterion.get("unit", "")
    if low is not None and high is not None:
        return f"{low:g} to {high:g} {unit}".strip()
    edge, way = (high, "less") if low is None else (low, "more")
    return f"{edge:g} {unit}".strip() + f" or {way}"


def _found(criterion: Mapping[str, Any], fact: Any) -> str:
    if _state(criterion, fact) == "not_known":
        return "not known"
    if criterion["kind"] == "yes_no":
        return "yes" if fact else "no"
    return f"{fact:g} {criterion.get('unit', '')}".strip()
