"""What can be planned for a patient: the kinds of reading, as a form words them.

The kinds themselves are the floor above's; a test holds the two lists together.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Planned(NamedTuple):
    """A kind's words, unit and physical range."""

    kind: str
    label: str
    unit: str
    low: float
    high: float


PLANNED: Final = {
    planned.kind: planned
    for planned in (
        Planned("respiratory_rate", "Breathing rate", "/min", 1, 99),
        Planned("spo2", "Oxygen saturation (SpO2)", "%", 30, 100),
        Planned("oxygen", "Air or oxygen", "L/min", 0.1, 80),
        Planned("systolic", "Systolic blood pressure", "mmHg", 30, 300),
        Planned("diastolic", "Diastolic blood pressure", "mmHg", 10, 250),
        Planned("pulse", "Pulse", "/min", 15, 300),
        Planned("consciousness", "Consciousness (ACVPU)", "", 0, 4),
        Planned("temperature", "Temperature", "°C", 25, 45),
        Planned("weight", "Weight", "kg", 0.5, 500),
        Planned("glucose", "Capillary blood glucose", "mmol/L", 0.3, 60),
        Planned("peak_flow", "Peak expiratory flow", "L/min", 20, 1000),
        Planned("pain", "Pain, 0 to 10", "", 0, 10),
    )
}
"""By kind, in the order of a chart."""

PRIORITIES: Final = ("prompt", "urgent", "emergency")


class Limits(NamedTuple):
    """Beyond what somebody is told, and how urgently; None is no limit on that side."""

    low: float | None
    high: float | None
    priority: str


def loosens(old: Limits, new: Limits) -> bool:
    """Whether any value that called somebody would call them later, less urgently or not at all."""
    if PRIORITIES.index(new.priority) < PRIORITIES.index(old.priority):
        return True
    low_gone = old.low is not None and (new.low is None or new.low < old.low)
    return low_gone or (old.high is not None and (new.high is None or new.high > old.high))
