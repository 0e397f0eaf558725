"""Home and safety in words: what was agreed and checked, what a visitor must know, what is left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lib import london
from patients.home import HomePage, VisitNote, not_asked
from patients.models import (
    Admission,
    AskedRecord,
    Check,
    HomeRecord,
    KeySafe,
    SafeguardingNote,
)
from patients.presenters.calling import CallLine, call_lines, interpreter_words
from patients.presenters.words import address, named

State = HomeRecord.State
Topic = HomeRecord.Topic
_NONE = {
    Topic.INTERPRETER: "not needed",
    Topic.ADJUSTMENTS: "none needed",
    Topic.VISIT_RISKS: "none found",
}


class Line(NamedTuple):
    """`strong` stands out; `more` says whence and when; `earlier` what was said before."""

    term: str
    words: str
    strong: bool = False
    more: str = ""
    url: str = ""
    earlier: tuple[str, ...] = ()


def check_line(
    check: Check | None, topic: str, *, url: str = "", earlier: Iterable[Check] = ()
) -> Line:
    term = str(Check.Topic(topic).label)
    before = tuple(f"{_checked(one)}. {_written(one)}" for one in earlier)
    if check is None or check.answer == Check.Answer.NOT_ASKED:
        return Line(term, "not asked", strong=True, url=url, earlier=before)
    strong = check.answer == Check.Answer.NO
    return Line(term, _checked(check), strong, _written(check), url, before)


def _checked(check: Check) -> str:
    """yes, by the patient, Mon 18 Dec, 07:45: they know whom to call"""
    told = str(check.get_answer_display())
    if check.given_by:
        told += f", by {check.get_given_by_display()}"
        told += f" ({check.given_with})" if check.given_with else ""
        told += f", {london.dated(check.given_at)}" if check.given_at else ""
    return f"{told}: {check.text}" if check.text else told


def record_line(
    record: HomeRecord | None, topic: str, *, url: str = "", earlier: Iterable[HomeRecord] = ()
) -> Line:
    term = str(Topic(topic).label)
    before = tuple(f"{_recorded(one)}. {_written(one)}" for one in earlier)
    if record is None or record.state == State.NOT_ASKED:
        return Line(term, "not asked", strong=True, url=url, earlier=before)
    strong = record.state == State.RECORDED
    return Line(term, _recorded(record), strong, _whence(record), url, before)


def _whence(record: HomeRecord) -> str:
    """The source, and who wrote it down unless they are the same."""
    day = london.plain_day(london.day_of(record.recorded_at))
    by = record.recorded_by
    same = by is not None and record.source.endswith(by.short_name)
    return (
        f"{record.source}, {day}"
        if same
        else ", ".join(filter(None, (record.source, _written(record))))
    )


def _recorded(record: HomeRecord) -> str:
    if record.state == State.NONE:
        return _NONE[Topic(record.topic)]
    if record.state == State.NOT_ASKED:
        return "not asked"
    marks = ", ".join(marks_of(record))
    return record.text if marks in ("", record.text) else f"{marks}: {record.text}"


def marks_of(record: HomeRecord) -> list[str]:
    return [str(HomeRecord.Mark(mark).label) for mark in record.marks]


def _written(row: Check | AskedRecord | KeySafe) -> str:
    by = row.recorded_by.short_name if row.recorded_by else "before it was asked by whom"
    return f"{by}, {london.plain_day(london.day_of(row.recorded_at))}"


class VisitNotePresenter:
    """What stands beside a visit, for whoever treats the patient. No code is in here.

    `show_url` takes a POST that shows the key safe's code; empty where there is none.
    """

    def __init__(self, note: VisitNote) -> None:
        self.in_twos = note.in_twos
        self.risks = record_line(note.risks, Topic.VISIT_RISKS)
        self.interpreter = record_line(note.interpreter, Topic.INTERPRETER)
        self.adjustments = record_line(note.records.get(Topic.ADJUSTMENTS), Topic.ADJUSTMENTS)
        self.language = note.patient.language or "not asked"
        self.not_to_be_told = [f"{one.name}, {one.relationship}" for one in note.not_to_be_told]
        self.key_safe = key_safe_words(note.key_safe)
        there = note.key_safe is not None and note.key_safe.there
        self.show_url = address("patients:key-safe-show", note.admission) if there else ""
        self.home_url = address("patients:home-detail", note.admission)


def key_safe_words(safe: KeySafe | None) -> str:
    if safe is None:
        return "not asked"
    if not safe.there:
        return "none"
    return f"yes, {safe.place}" if safe.place else "yes"


class HomePresenter:
    """What templates/patients/home_detail.html and the patient's page show."""

    def __init__(self, page: HomePage, *, at: dt.datetime) -> None:
        self._page, self._at = page, at
        self.admission, self.patient = page.admission, page.admission.patient
        self.pk, self.may_see = page.admission.pk, page.may_see
        self.named = named(self.patient)
        self.url = address("patients:home-detail", self.pk)
        self.back_url = address("rounds:patient-detail", self.pk)
        self.contact_url = self._mine("patients:contact-create", self.patient.pk)
        self.to_ask = not_asked(page)

    @staticmethod
    def address_of(admission: Admission) -> str:
        return address("patients:home-detail", admission.pk)

    @property
    def checks(self) -> list[Line]:
        return [
            check_line(
                self._page.checks.get(topic),
                topic,
                url=self._mine("patients:check-record", self.pk, topic),
                earlier=self._page.earlier_checks.get(topic, ()),
            )
            for topic in Check.Topic
        ]

    @property
    def asked(self) -> list[Line]:
        """Language, interpreter, adjustments; the risks for those who treat."""
        language = self.patient.language
        url = self._mine("patients:home-record", self.pk, Topic.INTERPRETER)
        spoken = Line("Language", language or "not asked", strong=not language, url=url)
        topics = [one for one in Topic if self.may_see or one != Topic.VISIT_RISKS]
        return [spoken, *(self._record(topic) for topic in topics)]

    def _record(self, topic: Topic) -> Line:
        return record_line(
            self._page.records.get(topic),
            topic,
            url=self._mine("patients:home-record", self.pk, topic),
            earlier=self._page.earlier_records.get(topic, ()),
        )

    @property
    def told(self) -> list[Line]:
        """What is known, the risks first; what is not stands in `to_ask`."""
        safe = [self.key_safe] if self.key_safe else []
        lines = [*reversed(self.asked), *safe, *self.checks]
        return [line for line in lines if line.words != "not asked"]

    @property
    def interpreter(self) -> str:
        """Where a call is offered: empty where none is needed."""
        record = self._page.records.get(Topic.INTERPRETER)
        return interpreter_words(record, self.patient.language)

    @property
    def key_safe(self) -> Line | None:
        if not self.may_see:
            return None
        safe = self._page.key_safe
        more = _written(safe) if safe else ""
        url = self._mine("patients:key-safe-set", self.pk)
        return Line("Key safe", key_safe_words(safe), strong=safe is None, more=more, url=url)

    @property
    def show_url(self) -> str:
        there = self._page.key_safe is not None and self._page.key_safe.there
        return address("patients:key-safe-show", self.pk) if there else ""

    @property
    def safeguarding(self) -> Line | None:
        """Nothing at all for who may not read it: not even that it is kept."""
        state = self._page.safeguarding
        if state is None:
            return None
        words = {State.RECORDED: "recorded", State.NONE: "asked, no concern"}
        told = words.get(State(state), "not asked")
        strong = state != State.NONE
        return Line(
            "Safeguarding", told, strong, url=address("patients:safeguarding-open", self.pk)
        )

    @property
    def safeguarding_url(self) -> str:
        """Where something is written."""
        known = self._page.safeguarding is not None
        return address("patients:safeguarding-write", self.pk) if known else ""

    @property
    def contacts(self) -> list[CallLine]:
        return call_lines(self._page.contacts, may_change=self.may_see)

    @property
    def care(self) -> list[Line]:
        """Who answers, and what is usual, with where it is changed."""
        clinician = self.admission.responsible_clinician
        return [
            Line(
                "Responsible clinician",
                clinician.signature if clinician else "nobody named",
                strong=clinician is None,
                url=self._mine("patients:responsible-set", self.pk),
            ),
            *self._usual(),
        ]

    def _usual(self) -> Iterator[Line]:
        url = self._mine("patients:usual-set", self.pk)
        known = self.admission
        for term, value, unit in (
            ("Usual NEWS2", known.usual_news2, ""),
            ("Usual SpO2", known.usual_spo2, "%"),
        ):
            words = "not known" if value is None else f"{value}{unit}"
            yield Line(term, words, strong=value is None, url=url)

    def _mine(self, name: str, *args: object) -> str:
        return address(name, *args) if self.may_see else ""


class NoteLine(NamedTuple):
    """One safeguarding note, opened."""

    text: str
    told_to: str
    written: str
    ended: str
    end_url: str


class SafeguardingPresenter:
    """What templates/patients/safeguarding_open.html shows once a reason was given."""

    def __init__(self, admission: Admission, notes: Iterable[SafeguardingNote]) -> None:
        self._admission = admission
        self.notes = [self._line(note) for note in notes]
        self.write_url = address("patients:safeguarding-write", admission.pk)

    def _line(self, note: SafeguardingNote) -> NoteLine:
        open_ = note.ended_at is None
        end = address("patients:safeguarding-end", self._admission.pk, note.pk) if open_ else ""
        ended = ""
        if note.ended_at and note.ended_by:
            ended = f"Ended {london.dated(note.ended_at)} by {note.ended_by.short_name}"
            ended = f"{ended}: {note.ended_why}"
        return NoteLine(
            text=note.text or "Asked: no concern.",
            told_to=note.told_to,
            written=f"{note.recorded_by.signature}, {london.long_moment(note.recorded_at)}",
            ended=ended,
            end_url=end,
        )

    @staticmethod
    def title_of(note: SafeguardingNote) -> str:
        """Without a word of what it says."""
        return f"End the safeguarding note of {london.long_moment(note.recorded_at)}"
