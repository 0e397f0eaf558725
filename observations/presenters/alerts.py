"""An alert as a line of its ward's list: what rang, how long ago, who owns it, what is next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple
from uuid import UUID

from lib import london
from observations.alerting.ladders import LADDER
from observations.models import Alert, AlertEvent, Trigger
from observations.rules import CONCERN, GATEWAY, SILENCE, UNWATCHED
from observations.rulesets import as_priority
from patients.models import HomeRecord, Patient, SafetyRecord
from patients.presenters.calling import call_lines, interpreter_words, not_to_be_told
from patients.presenters.home import record_line
from patients.presenters.words import address, age_and_sex, counted, named, usual_words

LETTERS: Final = {"emergency": "E", "urgent": "U", "prompt": "3"}
TONES: Final = {"emergency": "emergency", "urgent": "urgent", "prompt": "single"}
ORDER: Final = {"emergency": 0, "urgent": 1, "prompt": 2}
# Where a ward's own alert is answered.
_PAGES: Final = {
    Alert.Kind.NO_PATIENT: "observations:tray-list",
    Alert.Kind.GATEWAY_DOWN: "observations:device-list",
    Alert.Kind.UNWATCHED: "rounds:handover-take",
}
_NOT_MEASURED: Final = frozenset({CONCERN, SILENCE, GATEWAY, UNWATCHED})


class Action(NamedTuple):
    """What else can be done, and where."""

    label: str
    url: str


class SafetyWord(NamedTuple):
    """What is known before anybody is called; `more` is when and from whom."""

    label: str
    words: str
    more: str = ""
    strong: bool = True


def safety_words(patient: Patient) -> list[SafetyWord]:
    known = {one.topic: one for one in patient.safety_records.all() if one.superseded_at is None}
    return [_safety(known.get(topic), topic) for topic in SafetyRecord.Topic]


def _safety(record: SafetyRecord | None, topic: SafetyRecord.Topic) -> SafetyWord:
    """None, not asked and recorded told apart; what nobody wrote down was not asked."""
    if record is None or record.state == SafetyRecord.State.NOT_ASKED:
        return SafetyWord(str(topic.label), "Not asked")
    when = london.plain_day(london.day_of(record.recorded_at))
    more = f"{record.source}, {when}" if record.source else when
    recorded = record.state == SafetyRecord.State.RECORDED
    return SafetyWord(str(topic.label), record.text if recorded else "None", more, strong=recorded)


class AlertPresenter:
    """What templates/observations/_alert_row.html shows."""

    def __init__(
        self,
        alert: Alert,
        *,
        at: dt.datetime,
        may_answer: bool,
        silent: Collection[UUID] | None = None,
    ) -> None:
        """`silent` are the admissions of which something is silent now; None: nobody asked."""
        self._alert, self._at, self._may, self._silent = alert, at, may_answer, silent
        self.pk = alert.pk
        self.level = TONES[alert.priority]
        self.letter = LETTERS[alert.priority]
        self.priority = alert.get_priority_display().capitalize()
        self.is_open = alert.closed_at is None
        self.rang_at, self.rang_age = alert.rang_at, london.age(alert.rang_at, at)
        self.rang_title = london.long_moment(alert.rang_at)

    @property
    def title(self) -> str:
        """The most urgent first; what was found to be another patient's is struck out below."""
        texts = [trigger.text for trigger in self._own]
        return "; ".join(texts) or self._alert.subject or self._alert.get_kind_display()

    @property
    def wrong(self) -> list[str]:
        return [trigger.text for trigger in self._triggers if trigger.wrong_patient_at is not None]

    @property
    def whom(self) -> str:
        admission = self._alert.admission
        kind = str(self._alert.get_kind_display()).capitalize()
        return named(admission.patient) if admission else kind

    @property
    def whom_more(self) -> str:
        """83 F"""
        admission = self._alert.admission
        return age_and_sex(admission.patient, london.day_of(self._at)) if admission else ""

    @property
    def phone(self) -> str:
        admission = self._alert.admission
        return admission.patient.phone if admission else ""

    @property
    def safety(self) -> list[SafetyWord]:
        """First, wherever somebody may call for help."""
        admission = self._alert.admission
        return safety_words(admission.patient) if admission and self.is_open else []

    @property
    def not_to_be_told(self) -> str:
        admission = self._alert.admission
        return not_to_be_told(admission.patient.contacts.all()) if admission else ""

    @property
    def interpreter(self) -> str:
        """Beside the phone number."""
        admission = self._alert.admission
        if admission is None or not self.is_open:
            return ""
        asked = [
            one
            for one in admission.patient.home_records.all()
            if one.topic == HomeRecord.Topic.INTERPRETER and one.superseded_at is None
        ]
        return interpreter_words(asked[0] if asked else None, admission.patient.language)

    @property
    def usual(self) -> str:
        """usual NEWS2 3, SpO2 91 %"""
        admission = self._alert.admission
        if admission is None:
            return ""
        return usual_words(admission.usual_news2, admission.usual_spo2)

    @property
    def whom_url(self) -> str:
        admission = self._alert.admission
        if admission is not None:
            return address("rounds:patient-detail", admission.pk)
        return address(_PAGES[Alert.Kind(self._alert.kind)], self._alert.ward.code)

    @property
    def owner(self) -> str:
        return self._alert.owner.signature if self._alert.owner else ""

    @property
    def owned(self) -> str:
        """since 07:41, no action yet"""
        since, acted = self._alert.owned_at, self._alert.acted_at
        if since is None:
            return ""
        words = f"since {london.near_moment(since, self._at)}"
        if acted is None or acted < self._alert.rang_at:
            return f"{words}, no action yet"
        return f"{words}, last action {london.near_moment(acted, self._at)}"

    @property
    def leading(self) -> str:
        """What wants somebody now: of an alert that rang again, what nobody has acknowledged."""
        new = [one for one in self._own if not one.is_acknowledged]
        return "; ".join(one.text for one in new) if self.acknowledged else self.title

    @property
    def acknowledged(self) -> str:
        """What somebody had acknowledged before it rang again; empty where it did not."""
        known = [one for one in self._own if one.is_acknowledged]
        return "; ".join(one.text for one in known) if len(known) < len(self._own) else ""

    @property
    def heard_again(self) -> str:
        """A silence that is over leaves its alert open: somebody asks why it was."""
        admission = self._alert.admission
        rang = any(one.rule == SILENCE for one in self._triggers)
        if self._silent is None or admission is None or not (rang and self.is_open):
            return ""
        return "" if admission.pk in self._silent else "Nothing is silent now"

    @property
    def next(self) -> str:
        """Where the ladder stands, while nobody owns it."""
        due, step = self._alert.next_step_at, self._alert.step
        if self._alert.owner is not None or not self.is_open:
            return ""
        last = len(LADDER[as_priority(self._alert.priority)])
        if due is None:
            return f"All {last} steps of the ladder were told"
        when = f"at {london.clock(due)}" if due > self._at else "now"
        told = f"Step {step} of {last} told" if step else "Nobody else told yet"
        return f"{told}, step {step + 1} {when}"

    @property
    def measured(self) -> str:
        """measured 06:10 to 08:02: what is told may be of any instant in between."""
        found = [one for one in self._triggers if one.rule not in _NOT_MEASURED]
        if not found:
            return ""
        first = london.near_moment(min(one.first_at for one in found), self._at)
        last = london.near_moment(max(one.last_at for one in found), self._at)
        return f"measured {first}" if first == last else f"measured {first} to {last}"

    @property
    def events(self) -> list[str]:
        return [self._told(event) for event in self._alert.events.all()]

    def _told(self, event: AlertEvent) -> str:
        what = event.get_what_display().capitalize()
        words = f"{what}: {event.text}" if event.text else what
        return f"{london.near_moment(event.at, self._at)} {event.by.short_name}. {words}"

    @property
    def ended(self) -> str:
        closed_at, closed_by = self._alert.closed_at, self._alert.closed_by
        if closed_at is None or closed_by is None:
            return ""
        when = london.near_moment(closed_at, self._at)
        return f"{self._alert.get_outcome_display().capitalize()}, {when}, {closed_by.signature}"

    @property
    def shown_at(self) -> str:
        """The ring that is shown: an answer covers nothing that rings after it."""
        return self._alert.rang_at.isoformat()

    @property
    def acknowledge_url(self) -> str:
        wanted = self._may and self.is_open and self._alert.owner is None
        return address("observations:alert-acknowledge", self.pk) if wanted else ""

    @property
    def actions(self) -> list[Action]:
        if not (self._may and self.is_open):
            return []
        return [
            Action("What I did", address("observations:alert-act", self.pk)),
            Action("Close", address("observations:alert-close", self.pk)),
            Action("Hand on", address("observations:alert-hand-on", self.pk)),
        ]

    @property
    def escalate_url(self) -> str:
        wanted = self._may and self.is_open and self._alert.admission is not None
        return address("observations:alert-escalate", self.pk) if wanted else ""

    @property
    def _own(self) -> list[Trigger]:
        return [one for one in self._triggers if one.wrong_patient_at is None]

    @property
    def _triggers(self) -> list[Trigger]:
        return sorted(self._alert.triggers.all(), key=lambda one: (ORDER[one.priority], one.pk))


def in_order(alerts: list[Alert]) -> list[Alert]:
    """Nobody's first, then the worst, then the oldest."""
    return sorted(
        alerts, key=lambda a: (a.owner_id is not None, ORDER[a.priority], a.rang_at, str(a.pk))
    )


class AlertListPresenter:
    """What templates/observations/_alert_list.html shows."""

    def __init__(
        self,
        opened: list[Alert],
        closed: list[Alert],
        *,
        at: dt.datetime,
        may_answer: bool,
        silent: Collection[UUID],
    ) -> None:
        self.as_of = at
        self.updated, self.printed = london.clock(at), london.dated(at)
        lines = [
            AlertPresenter(alert, at=at, may_answer=may_answer, silent=silent)
            for alert in in_order(opened)
        ]
        self.unowned = [line for line in lines if not line.owner]
        self.owned = [line for line in lines if line.owner]
        self.closed = [AlertPresenter(alert, at=at, may_answer=False) for alert in closed]

    @property
    def none_open(self) -> bool:
        return not (self.unowned or self.owned)

    @property
    def sentence(self) -> str:
        number, nobody = len(self.unowned) + len(self.owned), len(self.unowned)
        if not number:
            return "No alert is open."
        opened = counted(number, "alert is open", "alerts are open")
        return f"{opened}; {nobody or 'none'} without an owner."


class CallPresenter:
    """What stands first wherever an escalation is offered: allergies, ceiling, resuscitation."""

    def __init__(self, alert: Alert) -> None:
        patient = alert.admission.patient if alert.admission else None
        self.safety = safety_words(patient) if patient else []
        self.phone = patient.phone if patient else ""
        self.contacts = call_lines(patient.contacts.all(), may_change=False) if patient else []
        self.address = patient.address if patient else ""
        self.asked = list(_asked(patient)) if patient else []


def _asked(patient: Patient) -> Iterator[SafetyWord]:
    """How somebody is spoken to."""
    known = {one.topic: one for one in patient.home_records.all() if one.superseded_at is None}
    for topic in (HomeRecord.Topic.INTERPRETER, HomeRecord.Topic.ADJUSTMENTS):
        line = record_line(known.get(topic), topic)
        spoken = f" ({patient.language})" if topic == HomeRecord.Topic.INTERPRETER else ""
        said = f"{line.words}{spoken}" if patient.language else line.words
        yield SafetyWord(line.term, said, line.more, strong=line.strong)
