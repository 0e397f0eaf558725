"""The words of a stay's summary, the same on the page, on paper and in the letter's PDF."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.utils.text import capfirst

from capacity.models.stays import Destination
from capacity.presenters.hours import week_words
from lib import london
from lib.addresses import address
from lib.london import day_of, plain_day
from observations.kinds import KINDS
from observations.models import Score
from patients.models import Admission, Discharge, FollowUp, MedicineChange, PlanLine
from patients.nhs_numbers import shown
from patients.presenters.words import counted
from rounds.models import Experience, Review
from rounds.pathways.words import limits
from rounds.patient.summary import Summary
from rounds.presenters.stays import days_of

# Why a list is empty: nobody asked is not none.
_EMPTY: Final = {
    "": "Not written down.",
    Discharge.Known.NOT_ASKED: "Not asked.",
    Discharge.Known.NONE: "None.",
    Discharge.Known.LISTED: "",
}


class Fact(NamedTuple):
    term: str
    words: str


class SummaryPresenter:
    def __init__(self, known: Summary) -> None:
        admission = known.admission
        self._known, self.admission, self.patient = known, admission, admission.patient
        self.written = known.discharge
        self.number = shown(self.patient.nhs_number)
        self.born = plain_day(self.patient.born)
        self.came = london.long_moment(admission.admitted_at)
        self.left = london.long_moment(admission.discharged_at) if admission.discharged_at else ""
        self.days = days_of(admission, known.at)
        self.patient_url = address("rounds:patient-detail", admission.pk)
        self.pdf_url = address("rounds:summary-pdf", admission.pk)
        self.bundle_url = address("rounds:summary-bundle", admission.pk) if self.left else ""
        self.take_back_url = (
            address("rounds:discharge-take-back", admission.pk) if known.may_take_back else ""
        )

    @property
    def warning(self) -> str:
        """What a reader must not overlook before anything else."""
        if self.admission.destination == Destination.ENTERED_IN_ERROR:
            return "Entered in error: this stay was none."
        return "" if self.left else "Draft: the patient is still on the ward."

    # The stay

    @property
    def stay(self) -> list[Fact]:
        return [fact for fact in self._stay() if fact.words]

    def _stay(self) -> Iterator[Fact]:
        admission = self.admission
        yield Fact("Pathway", admission.pathway_version.pathway.name)
        yield Fact("Came", self.came)
        left = f"{self.left}, {admission.get_destination_display()}"
        yield Fact("Died" if self._died else "Left", left if self.left else "still on the ward")
        yield Fact("Length of stay", counted(self.days, "day", "days"))
        yield Fact("Outcome", capfirst(self.written.get_outcome_display()) if self.written else "")
        yield Fact("Readmission", self.readmission)
        yield Fact("Admitted again", self._again())
        yield Fact("Waited to leave", self.waited)

    @property
    def _died(self) -> bool:
        return self.admission.destination == Destination.DIED

    @property
    def readmission(self) -> str:
        """5 days after leaving Soar Valley on 20 Nov 2026"""
        return readmitted(self.admission, self._known.readmission_of)

    def _again(self) -> str:
        later = self._known.readmitted
        return f"{plain_day(day_of(later.admitted_at))}, {later.ward.name}" if later else ""

    @property
    def waited(self) -> str:
        """Medically ready, and still on the ward."""
        ready = self.admission.ready_since
        if ready is None:
            return ""
        days = (day_of(self._known.ended_at) - day_of(ready)).days
        return f"medically ready since {plain_day(day_of(ready))}, {counted(days, 'day', 'days')}"

    # What the GP reads first

    @property
    def medicines_empty(self) -> str:
        return _EMPTY[self.written.medicines if self.written else ""]

    @property
    def medicines(self) -> list[MedicineChange]:
        return list(self.written.changes.all()) if self.written else []

    @property
    def follow_up_empty(self) -> str:
        return _EMPTY[self.written.follow_up if self.written else ""]

    @property
    def follow_ups(self) -> list[FollowUp]:
        return list(self.written.follow_ups.all()) if self.written else []

    @property
    def against_advice(self) -> list[Fact]:
        if self.written is None or not self.written.capacity:
            return []
        return [
            Fact("Capacity", capfirst(self.written.get_capacity_display())),
            Fact("Advised", self.written.advice_given),
        ]

    @property
    def safety(self) -> list[Fact]:
        records = self._known.safety
        return [Fact(r.get_topic_display(), r.text or r.get_state_display()) for r in records]

    # How it was measured

    @property
    def scores(self) -> list[Fact]:
        """The first, the highest and the last; a score that misses parts says "at least"."""
        known = self._known.scores
        if not known:
            return []
        highest = max(known, key=lambda one: (one.lowest, one.measured_at))
        told = (("First", known[0]), ("Highest", highest), ("Last", known[-1]))
        return [Fact(f"{word} NEWS2", _score(one)) for word, one in told]

    @property
    def judged(self) -> str:
        mode = self._known.mode
        return str(mode.get_mode_display()) if mode else "not decided"

    @property
    def thresholds(self) -> list[Fact]:
        lines = (line for line in self._known.lines if line.kind in KINDS)
        return [Fact(KINDS[line.kind].label, words) for line in lines if (words := _beyond(line))]

    # For the record

    @property
    def experience(self) -> list[Fact]:
        told = self._known.experience
        if told is None:
            return []
        if told.state != Experience.State.ANSWERED:
            return [Fact("Asked at leaving", told.get_state_display())]
        who = Fact("Answered by", told.get_told_by_display())
        return [who, *(Fact(str(one.question), str(one)) for one in told.answers.all())]

    @property
    def reviews(self) -> list[Review]:
        return list(self._known.reviews)

    @property
    def kit(self) -> list[str]:
        return [f"{one.device.serial}, {one.device.model}" for one in self._known.kit]

    @property
    def kit_back(self) -> str:
        written = self.written
        if written is None or written.kit_due is None:
            return ""
        return f"{capfirst(written.get_kit_back_display())} by {plain_day(written.kit_due)}."

    @property
    def by(self) -> str:
        who = self.admission.discharged_by
        return who.signature if who else ""

    @property
    def call(self) -> str:
        week = self._known.week
        return week_words(week) if week else ""

    @property
    def letter(self) -> dict[str, Any]:
        """Plain words only, for `rounds.letter`."""
        admission, patient = self.admission, self.patient
        where = [part for part in (patient.address, patient.postcode) if part]
        return {
            "title": "Virtual ward discharge summary",
            "warning": self.warning,
            "demonstration": not settings.REAL_PATIENTS_ALLOWED,
            "name": str(patient),
            "who": [
                ["Born", self.born],
                ["NHS number", self.number or "none known"],
                *([["Address", ", ".join(where)]] if where else []),
            ],
            "ward": admission.ward.name,
            "provider": admission.ward.lead_provider.name,
            "call": self.call,
            "stay": [list(fact) for fact in self.stay],
            "follow_ups": [
                [one.what, one.by_whom, plain_day(one.by_when)] for one in self.follow_ups
            ],
            "follow_up_empty": self.follow_up_empty,
            "follow_up": admission.follow_up if self.left else "",
            "medicines": [
                [one.drug, one.get_change_display(), one.dose or "none", one.why]
                for one in self.medicines
            ],
            "medicines_empty": self.medicines_empty,
            "medicine_changes": admission.medicine_changes if self.left else "",
            "course": admission.discharge_note if self.left else "",
            "advice": admission.safety_net_advice if self.left else "",
            "against_advice": [list(fact) for fact in self.against_advice],
            "safety": [list(fact) for fact in self.safety],
            "scores": [list(fact) for fact in self.scores],
            "judged": self.judged,
            "thresholds": [list(fact) for fact in self.thresholds],
            "by": self.by,
            "left": self.left,
        }


def readmitted(admission: Admission, before: Admission | None) -> str:
    """5 days after leaving Soar Valley on 20 Nov 2026; empty for a first stay."""
    if before is None or before.discharged_at is None:
        return ""
    left, came = day_of(before.discharged_at), day_of(admission.admitted_at)
    gap = counted((came - left).days, "day", "days")
    return f"{gap} after leaving {before.ward.name} on {plain_day(left)}"


def _beyond(line: PlanLine) -> str:
    """Consciousness has words: whatever is not A tells somebody."""
    told = limits(line.low, line.high, KINDS[line.kind].unit)
    return "anything but A" if told and line.kind == "consciousness" else told


def _score(one: Score) -> str:
    at = london.long_moment(one.measured_at)
    total = f"at least {one.lowest}, incomplete" if one.total is None else str(one.total)
    return f"{total} ({at})"
