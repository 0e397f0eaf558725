"""When an open alert rings again: consolidated, never swallowed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from observations.rules import Finding
from observations.rulesets import Priority, rank

Reason = Literal["new", "priority_rose", "new_parameter", "worse", "unattended"]

LATE_AFTER: Final = timedelta(minutes=15)
REPEAT_AFTER: Final[Mapping[Priority, timedelta]] = {
    "emergency": timedelta(minutes=15),
    "urgent": timedelta(minutes=60),
    "prompt": timedelta(minutes=60),
}
# How much more a score must be than the one that people were shown, to be something worse.
WORSE_BY: Final = 2


@dataclass(frozen=True, slots=True)
class Trigger:
    """What people were told of one rule, and the last thing that anybody did about it."""

    priority: Priority
    parameters: frozenset[str]
    rung_at: datetime
    severity: int = 0
    acknowledged_at: datetime | None = None
    acted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """A patient's one open alert, as triggers by the key of their rule; empty when none is open,
    so that closing re-arms at once."""

    triggers: Mapping[str, Trigger] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring, unowned, the ladder from its start, because of `reason`."""

    reason: Reason
    priority: Priority


def should_ring(finding: Finding, alert: OpenAlert, now: datetime) -> Ring | None:
    """Whether a finding of about now calls people again; None when what was shown covers it."""
    reason = _reason(finding, alert, now)
    if reason is None:
        return None
    shown = [trigger.priority for trigger in alert.triggers.values()]
    return Ring(reason, max([finding.priority, *shown], key=rank))


def repeat_at(trigger: Trigger, priority: Priority | None = None) -> datetime:
    """When the same trigger, going on at `priority` (absent: as shown), rings again unless somebody
    acts: a deadline to store."""
    done = (trigger.rung_at, trigger.acknowledged_at, trigger.acted_at)
    return max(at for at in done if at is not None) + REPEAT_AFTER[priority or trigger.priority]


def is_late(measured_at: datetime, received_at: datetime) -> bool:
    """A label that people see ("measured 06:10, arrived 08:02"), never a silencer."""
    return received_at - measured_at > LATE_AFTER


def is_about_now(
    finding: Finding, *, newest_at: datetime, stale_at: datetime | None, now: datetime
) -> bool:
    """Whether a finding may ring at `now`: nothing newer of its kind, and not yet stale.

    Otherwise it is kept as "would have rung". `stale_at` is None where nothing is planned next.
    """
    return finding.measured_at >= newest_at and (stale_at is None or now < stale_at)


def _reason(finding: Finding, alert: OpenAlert, now: datetime) -> Reason | None:
    if not alert.triggers:
        return "new"
    trigger = alert.triggers.get(finding.key)
    covering = [trigger] if trigger else _covering(finding, alert)
    if rank(finding.priority) > max(rank(shown.priority) for shown in covering):
        return "priority_rose"
    if not finding.parameters <= _shown_parameters(alert):
        return "new_parameter"
    if trigger is not None and finding.severity >= trigger.severity + WORSE_BY:
        return "worse"
    quiet_until = max(repeat_at(shown, finding.priority) for shown in covering)
    return "unattended" if now >= quiet_until else None


def _covering(finding: Finding, alert: OpenAlert) -> list[Trigger]:
    """A rule not yet told is covered by what was told of its parameters: no further and no longer
    than that, whatever else is told of the patient."""
    shown = alert.triggers.values()
    return [trigger for trigger in shown if trigger.parameters & finding.parameters] or list(shown)


def _shown_parameters(alert: OpenAlert) -> frozenset[str]:
    return frozenset().union(*(trigger.parameters for trigger in alert.triggers.values()))
