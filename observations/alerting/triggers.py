"""A trigger of an alert: what people were told of one rule, and what `bells` judges of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from observations import bells
from observations.alerting.alert_book import Book
from observations.models import Alert, Trigger
from observations.rules import Finding
from observations.rulesets import as_priority


def as_open(alert: Alert, triggers: Mapping[str, Trigger]) -> bells.OpenAlert:
    """What was another patient's told nobody anything of this one."""
    own = {rule: one for rule, one in triggers.items() if one.wrong_patient_at is None}
    return bells.OpenAlert(
        {rule: as_known(trigger, alert.acted_at) for rule, trigger in own.items()}
    )


def as_known(trigger: Trigger, acted_at: datetime | None) -> bells.Trigger:
    """What people were told of one rule, for `bells` to judge."""
    return bells.Trigger(
        priority=as_priority(trigger.priority),
        parameters=frozenset(trigger.parameters),
        rung_at=trigger.rang_at,
        severity=trigger.severity,
        acknowledged_at=trigger.acknowledged_at,
        acted_at=acted_at,
    )


def show(
    book: Book,
    alert: Alert,
    trigger: Trigger | None,
    finding: Finding,
    *,
    rang: bool,
    at: datetime,
) -> None:
    """A trigger says what people were told last; what did not ring only prolongs it."""
    if trigger is None:
        book.told.append(_new(alert, finding, at if rang else alert.rang_at))
        return
    trigger.last_at = max(trigger.last_at, finding.measured_at)
    if trigger.wrong_patient_at is not None:
        _begin_anew(trigger, finding, at if rang else alert.rang_at)
    elif rang:
        trigger.priority, trigger.text, trigger.rang_at = finding.priority, finding.text, at
        trigger.parameters = sorted(finding.parameters | set(trigger.parameters))
        trigger.severity = finding.severity
    book.prolonged.append(trigger)


def _begin_anew(trigger: Trigger, finding: Finding, rang_at: datetime) -> None:
    """It was another patient's; from here on it is this one's own, and nothing of before counts."""
    trigger.wrong_patient_at = trigger.acknowledged_at = trigger.acknowledged_by = None
    trigger.first_at = trigger.last_at = finding.measured_at
    trigger.priority, trigger.text, trigger.rang_at = finding.priority, finding.text, rang_at
    trigger.parameters, trigger.severity = sorted(finding.parameters), finding.severity


def _new(alert: Alert, finding: Finding, rang_at: datetime) -> Trigger:
    return Trigger(
        alert=alert,
        rule=finding.key,
        priority=finding.priority,
        parameters=sorted(finding.parameters),
        text=finding.text,
        severity=finding.severity,
        first_at=finding.measured_at,
        last_at=finding.measured_at,
        rang_at=rang_at,
    )
