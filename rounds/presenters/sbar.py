"""A patient's SBAR as the system knows it, in plain sentences: what is copied into a handover."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from textwrap import shorten
from typing import Final

from lib.london import near_moment, plain_day, short_day
from observations.kinds import KINDS
from patients.models import MonitoringMode, SafetyRecord
from patients.presenters.calling import interpreter_words, not_to_be_told
from rounds.actions.handover_notes import typed_of
from rounds.actions.handovers import NewLine
from rounds.board.risk import LETTERS, LEVELS
from rounds.board.rows import Row
from rounds.handover.prepared import Person
from rounds.presenters import board_words as words
from rounds.presenters.board_cells import shown, unit

_TOPICS: Final = {
    SafetyRecord.Topic.ALLERGIES: "Allergies",
    SafetyRecord.Topic.TREATMENT_ESCALATION: "Ceiling",
    SafetyRecord.Topic.RESUSCITATION: "Resuscitation",
}
_STATES: Final = {
    "silent": "Silent since",
    "dead": "Device dead, silent since",
    "gateway": "Gateway down, silent since",
    "late": "Readings late since",
    "due": "Readings due since",
    "next": "Next readings due",
    "missing": "Readings missing, due",
}
_SCORED: Final = frozenset({"news2_scale1"})
# What a review found fits into a line of a list.
_REVIEW: Final = 240


def line(person: Person) -> NewLine:
    """As it is offered now, with what was typed."""
    typed, row = typed_of(person.note), person.row
    return NewLine(
        admission=person.pk,
        expected=person.expected,
        level=row.level,
        name=name(row),
        about=about(row),
        situation=situation(person),
        background=background(person),
        assessment=assessment(person),
        recommendation=typed.recommendation,
        escalate=typed.escalate,
        agreed=typed.agreed,
        tasks="\n".join(tasks(person)),
    )


def name(row: Row) -> str:
    patient = row.admission.patient
    return f"{patient.family_name.upper()}, {patient.given_name}"


def about(row: Row) -> str:
    """81 F, 999 000 0018, born 3 Mar 1944, frailty, day 4 of 9"""
    number, pathway, day = words.line(row)
    born = plain_day(row.admission.patient.born)
    return f"{words.age_and_sex(row)}, {number}, born {born}, {pathway}, {day}"


def letter(level: str) -> str:
    return LETTERS[LEVELS[LEVELS.index(level)]] if level in LEVELS else ""


def situation(person: Person) -> str:
    """How they are now, what rings, whether readings come."""
    row = person.row
    return _sentences(_risk(row), _alert(row), readings(row))


def background(person: Person) -> str:
    row = person.row
    leaves = f"Expected to leave {short_day(row.admission.expected_discharge)}"
    safety = [_safety(person, topic, term) for topic, term in _TOPICS.items()]
    return _sentences(row.pathway.name, leaves, *safety, *_calling(person), *_changes(person))


def assessment(person: Person) -> str:
    row = person.row
    return _sentences(_judged(row), _usual(row), _out_of_band(row), _old(row), _review(person))


def tasks(person: Person) -> list[str]:
    at = person.row.at
    told = [f"{near_moment(one.due_at, at)} {one.text}" for one in person.tasks]
    return told + [f"now: {one.text}" for one in person.prompts]


def readings(row: Row) -> str:
    """Whether readings come as planned, without a mark of a page."""
    state, _, at = row.readings
    if state == "leave" and row.leave:
        back = near_moment(row.leave.expected_back, row.at)
        return f"On leave: {row.leave.place}, back {back}, held by {row.leave.held_by}"
    if state == "paused" and row.pause:
        return f"Readings paused until {near_moment(row.pause.ends, row.at)}: {row.pause.reason}"
    if state not in _STATES:
        return "Readings as needed"
    return f"{_STATES[state]} {near_moment(at, row.at)}" if at else _STATES[state].split(",")[0]


def _risk(row: Row) -> str:
    """Urgent, NEWS2 6 at 19:10, ↑ was 3 at 12:10"""
    told, known = words.risk(row), row.standing
    if not row.scored or known is None or known.measured_at is None:
        return f"{told.word}: {words.trend(row)}"
    at = near_moment(known.measured_at, row.at)
    old = " (stale)" if row.score_is_stale else ""
    return f"{told.word}: NEWS2 {_total(row)} at {at}{old}, {words.trend(row)}"


def _total(row: Row) -> str:
    known = row.standing
    assert known is not None
    return str(known.total) if known.total is not None else f"at least {known.lowest}"


def _alert(row: Row) -> str:
    if row.alert is None:
        return ""
    owner = f"owned by {row.alert.owner}" if row.alert.owner else "nobody owns it"
    more = f" and {row.alert.more} more" if row.alert.more else ""
    title = row.alert.title.removesuffix(".")
    return f"Alert {near_moment(row.alert.rang_at, row.at)}: {title}{more}, {owner}"


def _judged(row: Row) -> str:
    """Only where it is not the usual way."""
    if row.mode.mode in _SCORED:
        return ""
    mode = MonitoringMode.Mode(row.mode.mode).label if row.mode.mode else "mode not decided"
    return f"Judged by {mode}: {row.mode.reason}" if row.mode.reason else f"Judged by {mode}"


def _usual(row: Row) -> str:
    known = row.admission
    told = [f"NEWS2 {known.usual_news2}"] if known.usual_news2 is not None else []
    told += [f"SpO2 {known.usual_spo2}%"] if known.usual_spo2 is not None else []
    return f"Usual {', '.join(told)}" if told else ""


def _out_of_band(row: Row) -> str:
    found = [
        f"{KINDS[kind].label} {shown(kind, v.number, v.code)} {unit(kind, v.number)}".strip()
        for kind, v in row.vitals.items()
        if row.bands.get(kind)
    ]
    return f"Out of range: {', '.join(found)}" if found else ""


def _old(row: Row) -> str:
    found = [KINDS[kind].label for kind in row.stale]
    return f"Old values: {', '.join(found)}" if found else ""


def _review(person: Person) -> str:
    review = person.review
    if review is None:
        return "Not reviewed yet"
    said = shorten(" ".join(filter(None, (review.findings, review.plan))), _REVIEW, placeholder="…")
    when = near_moment(review.at, person.row.at)
    return f"Reviewed {when}, {review.by.short_name}" + (f": {said}" if said else "")


def _safety(person: Person, topic: str, term: str) -> str:
    record = person.safety.get(topic)
    if record is None or record.state == SafetyRecord.State.NOT_ASKED:
        return f"{term}: not asked"
    return f"{term}: none" if record.state == SafetyRecord.State.NONE else f"{term}: {record.text}"


def _calling(person: Person) -> Iterator[str]:
    """What whoever calls at night must know before they dial."""
    if told := not_to_be_told(person.not_to_be_told):
        yield f"Must not be told: {told}"
    language = person.interpreter.patient.language if person.interpreter else ""
    if spoken := interpreter_words(person.interpreter, language):
        yield spoken


def _changes(person: Person) -> Iterator[str]:
    at = person.row.at
    admitted = person.row.admission.admitted_at
    for mode in person.modes:
        if mode.starts > admitted + dt.timedelta(hours=1):
            yield f"Since {near_moment(mode.starts, at)} {mode.get_mode_display()}: {mode.reason}"
    for plan in person.lines:
        kind = KINDS[plan.kind].label if plan.kind in KINDS else plan.kind
        yield f"{kind} plan changed {near_moment(plan.starts, at)}: {plan.reason}"


def _sentences(*parts: str) -> str:
    return ". ".join(part.strip().rstrip(".") for part in parts if part.strip()) + "."
