"""What a device would measure on a synthetic patient at a moment of their story. Pure.

A story is a course of severity from 0 (as usual) to 1 (very unwell); each vital departs from the
person's usual value by as much. Nothing here is clinical evidence: it makes boards look real.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

Story = Literal["stable", "improving", "deteriorating", "unwell", "silent"]
Value = int | float | str

UNITS: Final[dict[str, str]] = {
    "respiratory_rate": "/min",
    "spo2": "%",
    "systolic": "mmHg",
    "diastolic": "mmHg",
    "pulse": "/min",
    "temperature": "Cel",
    "weight": "kg",
    "glucose": "mmol/L",
    "peak_flow": "L/min",
}


@dataclass(frozen=True, slots=True)
class Usual:
    """A person's values on a good day; `oxygen` in L/min, 0 is air."""

    respiratory_rate: int = 16
    spo2: int = 97
    systolic: int = 128
    diastolic: int = 76
    pulse: int = 74
    temperature: float = 36.7
    weight: float = 74.0
    glucose: float = 6.4
    peak_flow: int = 380
    pain: int = 1
    oxygen: float = 0.0


def severity(story: Story, hours: float) -> float:
    """How unwell, `hours` from the moment the story is told at (negative is before it)."""
    if story == "improving":
        return max(0.05, 0.65 * min(1.0, -hours / 240.0))
    if story == "deteriorating":
        return min(0.95, max(0.1, 0.9 + hours / 9.0))
    return 0.5 if story == "unwell" else 0.06


def measure(usual: Usual, unwell: float, kinds: Iterable[str], chance: Random) -> dict[str, Value]:
    """One set of the kinds asked for, at chart precision."""
    drawn: dict[str, Value] = {
        "respiratory_rate": round(usual.respiratory_rate + 10 * unwell + chance.gauss(0, 0.8)),
        "spo2": min(100, round(usual.spo2 - 6 * unwell + chance.gauss(0, 0.5))),
        "oxygen": usual.oxygen or "air",
        "systolic": round(usual.systolic - 22 * unwell + chance.gauss(0, 4)),
        "diastolic": round(usual.diastolic - 10 * unwell + chance.gauss(0, 3)),
        "pulse": round(usual.pulse + 42 * unwell + chance.gauss(0, 3)),
        "consciousness": "C" if unwell > 0.9 else "A",
        "temperature": round(usual.temperature + 1.9 * unwell + chance.gauss(0, 0.15), 1),
        "weight": round(usual.weight + 1.5 * unwell + chance.gauss(0, 0.2), 1),
        "glucose": round(usual.glucose + 3 * unwell + chance.gauss(0, 0.5), 1),
        "peak_flow": round(usual.peak_flow * (1 - 0.3 * unwell) + chance.gauss(0, 10)),
        "pain": max(0, min(10, round(usual.pain + 4 * unwell))),
    }
    return {kind: drawn[kind] for kind in kinds}


def readings(
    values: dict[str, Value], *, device: str, measured_at: str, name: str
) -> list[dict[str, Value]]:
    """The set as the readings API takes it; `name` makes each reading's id unique to its device."""
    return [
        {
            "id": f"{name}-{kind}",
            "device": device,
            "kind": kind,
            "value": value,
            "measured_at": measured_at,
            "set": name,
            **({"unit": UNITS[kind]} if kind in UNITS else {}),
        }
        for kind, value in values.items()
    ]
