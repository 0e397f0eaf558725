"""Who this is, and what must be known first: the banner that never scrolls away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol

from django.utils.text import capfirst

from capacity.hours import Week, to_call
from capacity.models import Stay
from capacity.models.stays import Residence
from capacity.presenters.hours import call_words
from lib.addresses import address
from lib.london import day_of, near_moment, plain_day, short_day, wall, years_between
from patients.models import Admission, ExpectedDischarge, HomeRecord, MonitoringMode, SafetyRecord
from patients.presenters.calling import interpreter_words, not_to_be_told
from rounds.board.opened import Opened
from rounds.holding import Watch
from rounds.presenters import board_words as words
from rounds.presenters.holding import held_more_words, holder_words, unwatched_words
from rounds.presenters.summary import readmitted

_SCALES: Final = {"news2_scale1": "Scale 1", "news2_scale2": "Scale 2"}


class Fact(NamedTuple):
    """A term and its words; `more` says whence they are, `url` where they can be changed."""

    term: str
    words: str
    strong: bool = False
    more: str = ""
    url: str = ""


class Shown(Protocol):
    """What a page knows whose banner this is."""

    @property
    def admission(self) -> Admission: ...
    @property
    def at(self) -> dt.datetime: ...
    @property
    def now(self) -> dt.datetime: ...
    @property
    def opened(self) -> Opened: ...
    @property
    def mode(self) -> MonitoringMode | None: ...
    @property
    def watch(self) -> Watch: ...
    @property
    def weeks(self) -> tuple[Week, ...]: ...
    @property
    def stay(self) -> Stay | None: ...
    @property
    def expected(self) -> ExpectedDischarge | None: ...
    @property
    def readmission_of(self) -> Admission | None: ...
    @property
    def may_treat(self) -> bool: ...


class BannerPresenter:
    def __init__(self, page: Shown, *, mode_url: str) -> None:
        self._page, self._mode_url = page, mode_url
        self.admission, self.patient = page.admission, page.admission.patient
        self.row, self.open = page.opened.row, page.admission.is_open
        self.summary_url = address("rounds:admission-summary", self.admission.pk)

    @property
    def family(self) -> str:
        return self.patient.family_name.upper()

    @property
    def given(self) -> str:
        title = f" ({self.patient.title})" if self.patient.title else ""
        return f"{self.patient.given_name}{title}"

    @property
    def emergency(self) -> bool:
        return self.open and self.row.level == "emergency"

    @property
    def who(self) -> list[Fact]:
        born = self.patient.born
        years = years_between(born, wall(self._page.at).date())
        return [
            Fact("Born", f"{plain_day(born)} ({years})"),
            Fact("Sex", capfirst(self.patient.get_sex_display())),
            Fact("NHS number", words.nhs_number(self.row.nhs_number)),
        ]

    @property
    def allergies(self) -> Fact:
        return self._safety(SafetyRecord.Topic.ALLERGIES, "Allergies")

    @property
    def agreed(self) -> list[Fact]:
        topics = SafetyRecord.Topic
        return [
            self._safety(topics.RESUSCITATION, "Resuscitation"),
            self._safety(topics.TREATMENT_ESCALATION, "Ceiling"),
            self._judged(),
            *(fact for fact in self._calling() if fact.words),
        ]

    @property
    def known(self) -> list[Fact]:
        """The same with date and source, where they can be changed."""
        return [self.allergies, *self.agreed[:2]]

    @property
    def held(self) -> str:
        """Who holds this patient now; empty where nobody does."""
        return holder_words(self._page.watch) if self.open else ""

    @property
    def unwatched(self) -> str:
        return unwatched_words(self._page.watch) if self.open else ""

    @property
    def held_phone(self) -> str:
        held = self._page.watch.holder
        return held.phone if held and self.open else ""

    @property
    def held_more(self) -> str:
        """until Fri 08:30; offered to K. Lindqvist 19:31, not accepted yet"""
        return held_more_words(self._page.watch) if self.open else ""

    @property
    def call(self) -> str:
        """Whom to call now, by the ward's hours."""
        if not self.open:
            return ""
        now = self._page.now
        return call_words(to_call(self._page.weeks, now), now)

    @property
    def left(self) -> str:
        gone = self.admission.discharged_at
        if gone is None:
            return ""
        where = self.admission.get_destination_display()
        return f"Left {near_moment(gone, self._page.now)}: {where}"

    @property
    def stay(self) -> list[Fact]:
        return [fact for fact in self._stay() if fact.words]

    def _ready(self) -> str:
        """since 24 Nov 2026: waits for social care"""
        ready, expected = self.admission.ready_since, self._page.expected
        if ready is None or not self.open:
            return ""
        waits = f": waits for {expected.get_cause_display()}" if expected and expected.cause else ""
        return f"since {plain_day(day_of(ready))}{waits}"

    def _calling(self) -> Iterator[Fact]:
        """Before anybody is rung: on the narrowest screen, too."""
        contacts = self._page.opened.contacts
        yield Fact("Must not be told", not_to_be_told(contacts), strong=True)
        yield Fact("Interpreter", self._interpreter(), strong=True)

    def _interpreter(self) -> str:
        """Where one is needed; that nobody asked stands below."""
        record = self._page.opened.interpreter
        needed = record is not None and record.state == HomeRecord.State.RECORDED
        if not (needed and self.open):
            return ""
        return interpreter_words(record, self.patient.language).removeprefix("Interpreter needed: ")

    def _safety(self, topic: str, term: str) -> Fact:
        url = (
            address("patients:safety-record", self.patient.pk, topic)
            if self._page.may_treat
            else ""
        )
        return _safety_fact(self._page.opened, topic, term, url)

    def _judged(self) -> Fact:
        mode = self._page.mode
        if mode is None:
            return Fact("Judged by", "not decided", strong=True)
        scale = _SCALES.get(mode.mode)
        url = self._mode_url
        if scale == "Scale 1":
            return Fact("SpO2", scale, url=url)
        told = scale or capfirst(mode.get_mode_display())
        return Fact(
            "SpO2" if scale else "Judged by", f"{told}: {mode.reason}", strong=True, url=url
        )

    def _stay(self) -> Iterator[Fact]:
        patient, admission, stay = self.patient, self.admission, self._page.stay
        bed = f", bed {stay.bed.label}" if stay and stay.bed else ", no bed"
        yield Fact("Ward", f"{admission.ward.name}{bed}")
        pathway = admission.pathway_version.pathway.name
        yield Fact("Pathway", f"{pathway}, {stay.get_route_display()}" if stay else pathway)
        day = words.day_of_stay(self.row).removeprefix("day ")
        leaves = f", leaves {short_day(admission.expected_discharge)}" if self.open else ""
        yield Fact("Day", f"{day}{leaves}")
        yield Fact("Readmission", readmitted(admission, self._page.readmission_of))
        yield Fact("Ready to leave", self._ready(), strong=True)
        english = patient.language == "English" or self._interpreter()
        yield Fact("Language", "" if english else patient.language)
        lives = patient.lives_in.name if patient.lives_in else patient.lives_with
        care_home = admission.spell.residence == Residence.CARE_HOME
        yield Fact("Lives", lives or ("in a care home" if care_home else ""))
        responsible = admission.responsible_clinician
        nobody = "nobody named" if self.open else ""
        yield Fact(
            "Responsible", responsible.signature if responsible else nobody, strong=not responsible
        )


def _safety_fact(known: Opened, topic: str, term: str, url: str) -> Fact:
    """None, not asked and recorded told apart; not asked is never calm."""
    record = known.safety.get(topic)
    if record is None or record.state == SafetyRecord.State.NOT_ASKED:
        return Fact(term, "not asked", strong=True, url=url)
    day = plain_day(day_of(record.recorded_at))
    more = f"{record.source}, {day}" if record.source else day
    if record.state == SafetyRecord.State.NONE:
        return Fact(term, "none", more=more, url=url)
    return Fact(term, record.text, strong=True, more=more, url=url)
