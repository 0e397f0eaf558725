"""An alert as a line of its ward's list: what rang, how long ago, who owns it, what is next."""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

from lib import london
from observations.models import Alert, Trigger
from patients.presenters.words import address, named

LETTERS: Final = {"emergency": "E", "urgent": "U", "prompt": "3"}
TONES: Final = {"emergency": "emergency", "urgent": "urgent", "prompt": "single"}
ORDER: Final = {"emergency": 0, "urgent": 1, "prompt": 2}


class Action(NamedTuple):
    """A button; see templates/components/actions.html."""

    label: str
    url: str
    method: str = "get"
    tone: str = ""
    key: str = ""
    apart: bool = False


class AlertPresenter:
    """What templates/observations/_alert_row.html shows."""

    def __init__(self, alert: Alert, *, at: dt.datetime, may_answer: bool) -> None:
        self._alert, self._at, self._may = alert, at, may_answer
        self.pk = alert.pk
        self.level = TONES[alert.priority]
        self.letter = LETTERS[alert.priority]
        self.priority = alert.get_priority_display().capitalize()
        self.is_open = alert.closed_at is None
        self.rang_at, self.rang_age = alert.rang_at, london.age(alert.rang_at, at)
        self.rang_title = london.long_moment(alert.rang_at)

    @property
    def title(self) -> str:
        return "; ".join(trigger.text for trigger in self._triggers) or self._alert.subject

    @property
    def whom(self) -> str:
        admission = self._alert.admission
        return named(admission.patient) if admission else self._alert.get_kind_display()

    @property
    def whom_url(self) -> str:
        admission = self._alert.admission
        if admission is not None:
            return address("rounds:patient-detail", admission.pk)
        return address("observations:tray-list", self._alert.ward.code)

    @property
    def owner(self) -> str:
        return self._alert.owner.signature if self._alert.owner else ""

    @property
    def unacknowledged(self) -> str:
        """What rang since somebody acknowledged; empty when all was, or nothing yet."""
        new = [t for t in self._triggers if not _is_acknowledged(t)]
        if len(new) == len(self._triggers):
            return ""
        return "; ".join(trigger.text for trigger in new)

    @property
    def next(self) -> str:
        """When the next step of the ladder is told, while nobody owns it."""
        due = self._alert.next_step_at
        if due is None or self._alert.owner is not None:
            return ""
        step = self._alert.step + 1
        return (
            f"Step {step} is told at {london.clock(due)}" if due > self._at else "Next step is due"
        )

    @property
    def measured(self) -> str:
        last = max((trigger.last_at for trigger in self._triggers), default=None)
        return "" if last is None else f"measured {london.near_moment(last, self._at)}"

    @property
    def events(self) -> list[str]:
        return [
            f"{london.near_moment(event.at, self._at)} {event.by.signature}: "
            f"{event.text or event.get_what_display()}"
            for event in self._alert.events.all()
        ]

    @property
    def ended(self) -> str:
        closed_at, closed_by = self._alert.closed_at, self._alert.closed_by
        if closed_at is None or closed_by is None:
            return ""
        when = london.near_moment(closed_at, self._at)
        return f"{self._alert.get_outcome_display().capitalize()}, {when}, {closed_by.signature}"

    @property
    def shown_at(self) -> str:
        return self._at.isoformat()

    @property
    def acknowledge_url(self) -> str:
        wanted = self._may and self.is_open and self._alert.owner is None
        return address("observations:alert-acknowledge", self.pk) if wanted else ""

    @property
    def actions(self) -> list[Action]:
        if not (self._may and self.is_open):
            return []
        rows = [
            Action("Write what you did", address("observations:alert-act", self.pk)),
            Action("Close with an outcome", address("observations:alert-close", self.pk)),
            Action("Hand on", address("observations:alert-hand-on", self.pk)),
        ]
        if self._alert.admission is not None:
            escalate = address("observations:alert-escalate", self.pk)
            rows.append(Action("Escalate: 999 or urgent community…", escalate, tone="apart"))
        return rows

    @property
    def _triggers(self) -> list[Trigger]:
        return list(self._alert.triggers.all())


def _is_acknowledged(trigger: Trigger) -> bool:
    return trigger.acknowledged_at is not None and trigger.acknowledged_at >= trigger.rang_at


def in_order(alerts: list[Alert]) -> list[Alert]:
    """Nobody's first, then the worst, then the oldest."""
    return sorted(
        alerts, key=lambda a: (a.owner_id is not None, ORDER[a.priority], a.rang_at, str(a.pk))
    )


class AlertListPresenter:
    """What templates/observations/_alert_list.html shows."""

    def __init__(
        self, opened: list[Alert], closed: list[Alert], *, at: dt.datetime, may_answer: bool
    ) -> None:
        self.as_of = at
        self.updated = london.clock(at)
        lines = [AlertPresenter(alert, at=at, may_answer=may_answer) for alert in in_order(opened)]
        self.unowned = [line for line in lines if not line.owner]
        self.owned = [line for line in lines if line.owner]
        self.closed = [AlertPresenter(alert, at=at, may_answer=False) for alert in closed]

    @property
    def sentence(self) -> str:
        number, nobody = len(self.unowned) + len(self.owned), len(self.unowned)
        if not number:
            return "No alert is open."
        return f"{number} open, {nobody} owned by nobody."


class EscalationPresenter:
    """What stands first wherever an escalation is offered."""

    def __init__(self, alert: Alert) -> None:
        admission = alert.admission
        records = admission.patient.safety_records.current() if admission else ()
        self.safety = [
            (record.get_topic_display(), record.text or record.get_state_display())
            for record in records
        ]
        self.phone = admission.patient.phone if admission else ""
        self.contacts = list(admission.patient.contacts.all()) if admission else []
