"""Rules of change, a line each: who gains or loses so much within so many hours is told of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms

from lib.fields import Decimal
from observations.rulesets import Change, Rise, Ruleset, Thresholds
from patients.planned import PLANNED
from rounds.forms.leaving.rows import Rows
from rounds.forms.pathways.fields import PRIORITY_CHOICES, priority, whole

_LONGEST = 14 * 24
_RISE = ("rise_by", "rise_hours", "rise_priority")


def boxes() -> Mapping[str, forms.Field]:
    kinds = [("", "nothing"), *((one.kind, one.label) for one in PLANNED.values())]
    return {
        "kind": forms.ChoiceField(choices=kinds, label="Tell somebody of"),
        "way": forms.ChoiceField(choices=[("gain", "gain"), ("loss", "loss")], label="Way"),
        "by": Decimal(label="Of at least", min_value=0),
        "hours": Decimal(label="Within hours", min_value=0, max_value=_LONGEST),
        "priority": forms.ChoiceField(choices=PRIORITY_CHOICES, label="How urgent"),
    }


def known(changes: Iterable[Change]) -> list[dict[str, Any]]:
    return [
        {
            "kind": one.kind,
            "way": "gain" if one.by > 0 else "loss",
            "by": f"{abs(one.by):g}",
            "hours": f"{one.within_hours:g}",
            "priority": one.priority,
        }
        for one in changes
    ]


def check(rows: Rows) -> None:
    for n, one in rows.typed():
        if not one["kind"] and (one["by"] or one["hours"]):
            rows.refuse(n, "kind", "Say which reading.")
        if one["kind"] and not one["by"]:
            rows.refuse(n, "by", "Say how much, more than 0.")
        if one["kind"] and not one["hours"]:
            rows.refuse(n, "hours", "Say within how many hours.")


def changes(rows: Rows) -> Iterator[Change]:
    for _, one in rows.typed():
        if one["kind"]:
            by = one["by"] if one["way"] == "gain" else -one["by"]
            yield Change(one["kind"], by, one["hours"], one["priority"])


def add_score_fields(form: forms.Form, rules: Ruleset) -> None:
    """Of NEWS2 itself: where it rings, and whether its rise does."""
    rise = rules.rise
    told: dict[str, tuple[forms.Field, Any]] = {
        "emergency": (whole("Emergency from NEWS2", 1, 20), rules.thresholds.emergency),
        "urgent": (whole("Urgent from NEWS2", 1, 20), rules.thresholds.urgent),
        "rise_by": (whole("NEWS2 rises by", 1, 20, required=False), rise and rise.by),
        "rise_hours": (whole("Within hours", 1, _LONGEST, required=False), _hours(rise)),
        "rise_priority": (priority(none="tell nobody"), rise.priority if rise else ""),
    }
    for name, (field, initial) in told.items():
        field.initial = initial
        form.fields[name] = field


def _hours(rise: Rise | None) -> int | None:
    return None if rise is None else int(rise.within_hours)


def check_score(form: forms.Form) -> None:
    typed = form.cleaned_data
    if typed.get("emergency") and typed.get("urgent") and typed["urgent"] > typed["emergency"]:
        form.add_error("urgent", "Urgent comes no later than emergency.")
    told = {name: typed.get(name) for name in _RISE}
    if any(told.values()):
        for name in _RISE:
            if not told[name] and name not in form.errors:
                form.add_error(name, "Say how much, within how long, and how urgent it is.")


def rise(typed: Mapping[str, Any]) -> Rise | None:
    if not typed["rise_by"]:
        return None
    return Rise(typed["rise_by"], typed["rise_hours"], typed["rise_priority"])


def thresholds(typed: Mapping[str, Any]) -> Thresholds:
    return Thresholds(typed["emergency"], typed["urgent"])
