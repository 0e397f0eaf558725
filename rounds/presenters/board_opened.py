"""A row opened in place: the score's parts, the sets before, what to know, what to do."""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lib.addresses import address
from lib.london import near_moment
from observations import news2
from patients.models import SafetyRecord
from patients.presenters.calling import first_calls, interpreter_words, not_to_be_told
from patients.presenters.words import usual_words
from rounds.board.opened import EarlierSet, Opened
from rounds.board.rows import Row
from rounds.presenters import board_words as words
from rounds.presenters.ages import ticking
from rounds.presenters.board_cells import COLUMNS, Column, direction, pressure, shown, unit

_THRESHOLDS: Final = {
    "high": "emergency, 7 or more",
    "medium": "urgent, 5 or 6",
    "low_medium": "3 in one part",
    "low": "low",
    "incomplete": "incomplete",
}
_UNSAFE: Final = SafetyRecord.State.NOT_ASKED


class Part(NamedTuple):
    """A cell of the opened rows; `words` stands instead of a value."""

    label: str
    band: int
    words: str
    arrow: str = ""
    direction: str = ""
    unit: str = ""


class SetLine(NamedTuple):
    when: str
    total: str
    parts: list[Part]


class SafetyWord(NamedTuple):
    label: str
    words: str
    strong: bool


class OpenedPresenter:
    """What templates/rounds/_board_opened.html shows."""

    def __init__(self, known: Opened) -> None:
        self._known = known
        self.row = known.row
        self.pk = known.row.admission.pk
        self.level = known.row.level
        self.total = words.risk(known.row).score
        self.parts = [_part(known.row, column, n) for n, column in enumerate(COLUMNS)]
        self.sets = [_set_line(line, known.row) for line in known.sets]
        self.span = 1 + len(self.sets)

    @property
    def heading(self) -> str:
        row = self.row
        if not row.scored:
            return words.trend(row)
        if row.score_at_least is None:
            return "No NEWS2 yet"
        told = f"NEWS2 {self._told_total()}: {_THRESHOLDS[self._response]}"
        return f"{told}, now stale" if row.score_is_stale else told

    @property
    def rcp(self) -> str:
        """The RCP's words: written for hospital, so the local response stands beside them."""
        known = self.row.standing
        if not self.row.scored or known is None or not self._response:
            return ""
        if known.total == 0:
            return news2.RCP_TEXT_ZERO
        return dict(news2.RCP_TEXTS).get(known.response, "")  # type: ignore[call-overload, no-any-return]  # a stored word

    @property
    def here(self) -> str:
        return str(self._known.responses.get(self._response, ""))

    @property
    def notes(self) -> list[str]:
        """What must be known about this score, and this patient's usual."""
        return [note for note in (self.usual, *self._provenance(), self._oximeter()) if note]

    @property
    def safety(self) -> list[SafetyWord]:
        """None, not asked and recorded told apart; not asked is never calm."""
        topics = SafetyRecord.Topic
        return [
            self._safety(topic, label)
            for topic, label in (
                (topics.ALLERGIES, "Allergies"),
                (topics.TREATMENT_ESCALATION, "ceiling"),
                (topics.RESUSCITATION, "resuscitation"),
            )
        ]

    @property
    def first_contact(self) -> str:
        return "; ".join(first_calls(self._known.contacts))

    @property
    def not_to_be_told(self) -> str:
        return not_to_be_told(self._known.contacts)

    @property
    def interpreter(self) -> str:
        """Beside a phone number: how somebody is spoken to."""
        return interpreter_words(self._known.interpreter, self._known.language)

    @property
    def phone(self) -> str:
        return self.row.admission.patient.phone

    @property
    def alert(self) -> str | SafeString:
        alert = self.row.alert
        if alert is None:
            return "No alert is open."
        if alert.owner:
            return format_html("{} owns this alert, {}.", alert.owner, self._ago(alert.since))
        return format_html("Nobody owns this alert yet, {}.", self._ago(alert.rang_at))

    @property
    def acknowledge_url(self) -> str:
        alert = self.row.alert
        if alert is None or alert.owner or not self._known.may_treat:
            return ""
        return address("observations:alert-acknowledge", alert.pk)

    @property
    def shown_at(self) -> str:
        """The ring that is shown: an acknowledgement covers nothing that rings after it."""
        return self.row.alert.rang_at.isoformat() if self.row.alert else ""

    @property
    def readings_url(self) -> str:
        return self._for_treating("rounds:readings-create")

    @property
    def review_url(self) -> str:
        return self._for_treating("rounds:review-create")

    @property
    def escalate_url(self) -> str:
        if not (self._known.may_treat and self.row.alert):
            return ""
        return address("observations:alert-escalate", self.row.alert.pk)

    @property
    def patient_url(self) -> str:
        return address("rounds:patient-detail", self.pk)

    @property
    def _response(self) -> str:
        return self.row.facts.response

    def _for_treating(self, name: str) -> str:
        return address(name, self.pk) if self._known.may_treat else ""

    def _told_total(self) -> str:
        known = self.row.standing
        if known is None or known.total is None:
            return f"at least {self.row.score_at_least}"
        return str(known.total)

    @property
    def usual(self) -> str:
        told = usual_words(self.row.admission.usual_news2, self.row.admission.usual_spo2)
        return told[:1].upper() + told[1:]

    def _provenance(self) -> list[str]:
        known = self.row.standing
        if known is None or not self.row.scored or self.row.score_at_least is None:
            return []
        told = {
            "ACVPU as the patient reported it": known.self_reported,
            "oxygen from the plan": known.oxygen_from_plan,
        }
        oldest = known.oldest_at and format_html("oldest part {} old", self._ago(known.oldest_at))
        return [word for word, so in told.items() if so] + ([oldest] if oldest else [])

    def _ago(self, at: dt.datetime) -> SafeString:
        return ticking(at, self.row.at)

    def _oximeter(self) -> str:
        reassures = self.row.bands.get("spo2") == 0
        return (
            "SpO2 can read high in darker skin, cold hands, nail polish: compare with the usual"
            if reassures
            else ""
        )

    def _safety(self, topic: str, label: str) -> SafetyWord:
        record = self._known.safety.get(topic)
        if record is None or record.state == _UNSAFE:
            return SafetyWord(label, "not asked", strong=True)
        if record.state == SafetyRecord.State.NONE:
            return SafetyWord(label, "none", strong=False)
        return SafetyWord(label, record.text, strong=True)


def _part(row: Row, column: Column, number: int) -> Part:
    part = row.parts.get(column.kind)
    if part is None:
        return Part(column.label, 0, "?" if row.scored else "–")
    return Part(column.label, part, f"{'+ ' if number else ''}{part}")


def _set_line(line: EarlierSet, row: Row) -> SetLine:
    total = f"≥{line.lowest}" if line.total is None else str(line.total)
    parts = [_past_part(line, column, row.scale) for column in COLUMNS]
    return SetLine(near_moment(line.measured_at, row.at), total, parts)


def _past_part(line: EarlierSet, column: Column, scale: int) -> Part:
    value = line.values.get(column.kind)
    band = line.parts.get(column.kind) or 0
    if value is None:
        return Part(column.label, band, "–")
    below = line.values.get("diastolic") if column.kind == "systolic" else None
    told = shown(column.kind, value.number, value.code)
    if column.kind == "systolic":
        told = pressure(value.number, below.number if below else None)
    way = direction(column.kind, value.number, scale=scale) if band else ""
    arrow = {"above": "▲", "below": "▼"}.get(way, "")
    return Part(column.label, band, told, arrow, way, unit(column.kind, value.number))
