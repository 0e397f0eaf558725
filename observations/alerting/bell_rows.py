"""A bell as it is written down: why it rang, for what, and how far up the ladder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from observations import bells
from observations.models import Alert, Bell
from observations.rules import Finding
from observations.rulesets import rank

_WHY: Final[Mapping[bells.Reason, Bell.Why]] = {
    "new": Bell.Why.OPENED,
    "priority_rose": Bell.Why.WORSE,
    "worse": Bell.Why.WORSE,
    "new_parameter": Bell.Why.NEW_PARAMETER,
    "unattended": Bell.Why.STILL,
}
_TEXT: Final = 300


class Rung(NamedTuple):
    """A finding of about now, and why it calls people again."""

    finding: Finding
    ring: bells.Ring


def of_rung(alert: Alert, rung: Sequence[Rung], *, at: datetime, batch: int | None) -> Bell:
    first = max(rung, key=lambda one: rank(one.ring.priority))
    text = "; ".join(one.finding.text for one in rung)
    return new_bell(
        alert,
        _WHY[first.ring.reason],
        text,
        at=at,
        batch=batch,
        rule=first.finding.key,
        measured_at=first.finding.measured_at,
    )


def new_bell(
    alert: Alert,
    why: Bell.Why,
    text: str,
    *,
    at: datetime,
    batch: int | None = None,
    step: int = 0,
    rule: str = "",
    measured_at: datetime | None = None,
) -> Bell:
    return Bell(
        alert=alert,
        rule=rule,
        why=why,
        priority=alert.priority,
        step=step,
        text=text[:_TEXT],
        measured_at=measured_at,
        rang_at=at,
        batch=batch,
    )
