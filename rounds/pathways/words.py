"""A version's rules in plain words, as pages and comparisons say them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from observations.rulesets import Change, Limit, Rise, Thresholds
from patients.criteria import wanted
from patients.planned import PLANNED

MODES: Final = {
    "news2_scale1": "NEWS2, SpO2 scale 1",
    "news2_scale2": "NEWS2, SpO2 scale 2",
    "limits_only": "limits only, no NEWS2",
    "comfort": "comfort",
}
NONE: Final = "none"


def limits(low: float | None, high: float | None, unit: str) -> str:
    """below 93 %, above 130 /min"""
    tail = f" {unit}" if unit else ""
    told = [f"{word} {n:g}{tail}" for word, n in (("below", low), ("above", high)) if n is not None]
    return ", ".join(told)


def often(times: list[str], every_hours: int | None) -> str:
    if every_hours:
        return "hourly" if every_hours == 1 else f"every {every_hours} h"
    return ", ".join(times)


def when(planned: Mapping[str, Any] | None) -> str:
    """08:00, 18:00"""
    if not planned:
        return "not asked for"
    return often(list(planned.get("times", [])), planned.get("every_hours"))


def limits_of(kind: str, known: Iterable[Limit]) -> str:
    """prompt below 92 %; urgent below 88 %"""
    return "; ".join(_limit(kind, limit) for limit in known) or NONE


def _limit(kind: str, limit: Limit) -> str:
    if kind == "consciousness":
        return f"{limit.priority} when not alert"
    return f"{limit.priority} {limits(limit.low, limit.high, PLANNED[kind].unit)}"


def criterion(one: Mapping[str, Any]) -> str:
    """95 % or more; to weigh from 93; 93 and 94 if improving"""
    weighed = [
        f"to weigh {word} {one[key]:g}"
        for key, word in (("consider_min", "from"), ("consider_max", "up to"))
        if one.get(key) is not None
    ]
    return "; ".join(part for part in (wanted(one), *weighed, one.get("note", "")) if part)


def change(one: Change) -> str:
    """prompt: gain of 2 kg or more in 48 h"""
    way = "gain" if one.by > 0 else "loss"
    amount = f"{abs(one.by):g} {PLANNED[one.kind].unit}".strip()
    return f"{one.priority}: {way} of {amount} or more in {one.within_hours:g} h"


def rise(one: Rise | None) -> str:
    if one is None:
        return NONE
    return f"{one.priority}: {one.by} or more within {one.within_hours:g} h"


def thresholds(one: Thresholds) -> str:
    return f"emergency from {one.emergency}, urgent from {one.urgent}"
