"""One kind of reading in a draft: when it is asked for, and beyond what somebody is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField

from lib.fields import Decimal
from observations.rulesets import PRIORITIES, Limit, Priority
from patients.planned import PLANNED
from rounds.forms.pathways.fields import TimesField, priority, whole
from rounds.pathways.contents import Content, of_kind

ACVPU = "consciousness"


class LimitBoxes(NamedTuple):
    priority: str
    low: BoundField
    high: BoundField


class KindBoxes(NamedTuple):
    """As the template draws one kind; `beyond` stands in the place of limits where words are
    charted, not numbers."""

    kind: str
    label: str
    unit: str
    times: BoundField
    every: BoundField
    limits: list[LimitBoxes]
    beyond: BoundField | None
    asked: bool
    wrong: bool


def add(form: forms.Form, content: Content) -> None:
    """The fields of every kind, with what the content says."""
    rules = content.rules
    for kind in PLANNED:
        planned = content.schedule.get(kind, {})
        told = {
            f"{kind}_times": TimesField(label="Times of day"),
            f"{kind}_every": whole("Or every", 1, 24, required=False),
            **_limit_fields(kind),
        }
        known = {
            f"{kind}_times": list(planned.get("times", [])),
            f"{kind}_every": planned.get("every_hours"),
            **_known(kind, of_kind(rules, kind)),
        }
        for name, field in told.items():
            field.initial = known.get(name)
            form.fields[name] = field


def _limit_fields(kind: str) -> dict[str, forms.Field]:
    if kind == ACVPU:
        return {f"{kind}_beyond": priority("When not alert", none="tell nobody")}
    return {
        f"{kind}_{one}_{side}": Decimal(required=False, label=f"{one.capitalize()} {word}")
        for one in PRIORITIES
        for side, word in (("low", "below"), ("high", "above"))
    }


def _known(kind: str, limits: Iterable[Limit]) -> dict[str, Any]:
    """Of several of one priority the tightest."""
    if kind == ACVPU:
        return {f"{kind}_beyond": next((one.priority for one in limits), "")}
    known: dict[str, float] = {}
    for limit in limits:
        for side, edge, tighter in (("low", limit.low, max), ("high", limit.high, min)):
            name = f"{kind}_{limit.priority}_{side}"
            if edge is not None:
                known[name] = tighter(known.get(name, edge), edge)
    return {name: f"{edge:g}" for name, edge in known.items()}


def boxes(form: forms.Form) -> Iterator[KindBoxes]:
    for kind, planned in PLANNED.items():
        names = [name for name in form.fields if name.startswith(f"{kind}_")]
        yield KindBoxes(
            kind=kind,
            label=planned.label,
            unit=planned.unit,
            times=form[f"{kind}_times"],
            every=form[f"{kind}_every"],
            limits=[] if kind == ACVPU else [_limit_boxes(form, kind, one) for one in PRIORITIES],
            beyond=form[f"{kind}_beyond"] if kind == ACVPU else None,
            asked=any(form[name].value() not in (None, "", []) for name in names),
            wrong=any(form[name].errors for name in names),
        )


def _limit_boxes(form: forms.Form, kind: str, one: Priority) -> LimitBoxes:
    return LimitBoxes(one, form[f"{kind}_{one}_low"], form[f"{kind}_{one}_high"])


def check(form: forms.Form) -> None:
    """Beside the field, where two of them do not go together."""
    typed = form.cleaned_data
    for kind in PLANNED:
        if typed.get(f"{kind}_times") and typed.get(f"{kind}_every"):
            form.add_error(f"{kind}_every", "Give times of day, or every how many hours, not both.")
        for one in () if kind == ACVPU else PRIORITIES:
            low, high = typed.get(f"{kind}_{one}_low"), typed.get(f"{kind}_{one}_high")
            if low is not None and high is not None and low >= high:
                form.add_error(f"{kind}_{one}_low", "The lowest value is above the highest.")


def schedule(typed: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for kind in PLANNED:
        if typed[f"{kind}_times"]:
            found[kind] = {"times": typed[f"{kind}_times"]}
        elif typed[f"{kind}_every"]:
            found[kind] = {"every_hours": typed[f"{kind}_every"]}
    return found


def limits(typed: Mapping[str, Any]) -> Iterator[Limit]:
    """By kind the mildest first: that is the one which a patient's own stands in the place of."""
    for kind in PLANNED:
        if kind == ACVPU:
            if typed[f"{kind}_beyond"]:
                yield Limit(kind, typed[f"{kind}_beyond"], high=0)
            continue
        for one in PRIORITIES:
            low, high = typed[f"{kind}_{one}_low"], typed[f"{kind}_{one}_high"]
            if (low, high) != (None, None):
                yield Limit(kind, one, low, high)
