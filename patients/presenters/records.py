"""Records and what is proposed about them, in words; side by side where two are compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lib import london
from patients import nhs_numbers
from patients.models import Identifier, Patient, RecordChange
from patients.presenters.words import named

FIELDS = {
    "family_name": "Family name",
    "given_name": "Given name",
    "born": "Date of birth",
    "sex": "Sex",
    "nhs_number": "NHS number",
    "no_nhs_number_reason": "Why there is no NHS number",
    "old_number_was": "The old number was",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of two records, or of what was and what shall be."""

    label: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        return self.first != self.second


class RecordPresenter:
    """Who a record is of; nothing of their care."""

    def __init__(self, patient: Patient, *, at: dt.datetime) -> None:
        self.patient, self.at = patient, at
        self.pk = patient.pk
        self.family, self.given = patient.family_name.upper(), patient.given_name
        self.number = nhs_numbers.shown(patient.nhs_number) or "no NHS number"
        self.born = london.plain_day(patient.born)
        self.named = named(patient)

    @property
    def joined(self) -> bool:
        return self.patient.merged_into_id is not None

    @property
    def facts(self) -> list[tuple[str, str]]:
        patient = self.patient
        told = [("Born", self.born), ("Sex", patient.get_sex_display())]
        if patient.no_nhs_number_reason:
            told.append(("No NHS number", patient.no_nhs_number_reason))
        if patient.died_at:
            told.append(("Died", london.plain_day(london.day_of(patient.died_at))))
        where = ", ".join(filter(None, (patient.address, patient.postcode)))
        return [*told, ("Address", where or "not recorded"), ("Phone", patient.phone or "none")]

    @property
    def numbers(self) -> list[tuple[str, str, str]]:
        return [self._number(one) for one in self.patient.identifiers.all()]

    def _number(self, one: Identifier) -> tuple[str, str, str]:
        value = nhs_numbers.shown(one.value) if one.system == one.System.NHS_NUMBER else one.value
        until = f" to {london.plain_day(london.day_of(one.ends))}" if one.ends else ""
        since = f"from {london.plain_day(london.day_of(one.starts))}{until}"
        return value, f"{one.get_system_display()}, {one.get_status_display()}", since


def who_compared(first: Mapping[str, str], second: Mapping[str, str]) -> list[Compared]:
    """Of two as `patients.naming.as_written` has them."""
    names = ("family_name", "given_name", "born", "nhs_number")
    return [
        Compared(FIELDS[name], _shown(name, first.get(name, "")), _shown(name, second[name]))
        for name in names
        if name in first
    ]


def side_by_side(first: Patient, second: Patient) -> list[Compared]:
    """What tells whether two records are of one person."""
    return [
        Compared("Family name", first.family_name, second.family_name),
        Compared("Given name", first.given_name, second.given_name),
        Compared("Born", london.plain_day(first.born), london.plain_day(second.born)),
        Compared("Sex", first.get_sex_display(), second.get_sex_display()),
        Compared("NHS number", _number(first), _number(second)),
        Compared("Address", _address(first), _address(second)),
        Compared("Phone", first.phone or "none", second.phone or "none"),
    ]


def _number(patient: Patient) -> str:
    return nhs_numbers.shown(patient.nhs_number) or "none"


def _address(patient: Patient) -> str:
    return ", ".join(filter(None, (patient.address, patient.postcode))) or "not recorded"


class ChangePresenter:
    """One proposal: what it asks, why, and what became of it."""

    def __init__(self, change: RecordChange, *, at: dt.datetime) -> None:
        self.change, self.at = change, at
        self.pk, self.open = change.pk, change.is_open
        self.reason, self.note = change.reason, change.decision_note
        self.merges = change.other is not None

    @property
    def title(self) -> str:
        patient, other = self.change.patient, self.change.other
        if self.change.kind == RecordChange.Kind.CORRECTION:
            return f"Correct the record of {patient}"
        if self.change.kind == RecordChange.Kind.MERGE:
            return f"Join {other} into {patient}"
        return f"Take {other} and {patient} apart again"

    @property
    def named(self) -> str:
        return named(self.change.patient)

    @property
    def proposed(self) -> str:
        when = london.near_moment(self.change.proposed_at, self.at)
        return f"by {self.change.proposed_by.signature}, {when}"

    @property
    def state(self) -> str:
        return self.change.get_outcome_display().capitalize()

    @property
    def decided(self) -> str:
        by, when = self.change.decided_by, self.change.decided_at
        return f"by {by.signature}, {london.near_moment(when, self.at)}" if by and when else ""

    @property
    def lines(self) -> list[Compared]:
        """As it was and as it shall be; of two records, the kept one first."""
        if self.change.other is not None:
            return side_by_side(self.change.patient, self.change.other)
        return [
            Compared(FIELDS[name], _shown(name, was), _shown(name, wanted))
            for name, (was, wanted) in self.change.wanted.items()
        ]

    @property
    def headings(self) -> tuple[str, str]:
        return ("Kept", "Joined into it") if self.merges else ("As recorded", "As proposed")

    @property
    def effect(self) -> str:
        """What a second person answers for, in one sentence."""
        return {
            RecordChange.Kind.CORRECTION: (
                "Every page shows the corrected record at once; the old one stays on file."
            ),
            RecordChange.Kind.MERGE: (
                "All referrals, admissions, readings, contacts, numbers and safety records of both"
                " are then under the kept one. It can be taken apart again."
            ),
            RecordChange.Kind.UNMERGE: (
                "What was moved when they were joined goes back. What came to the kept record"
                " since stays with it."
            ),
        }[RecordChange.Kind(self.change.kind)]


def _shown(name: str, text: str) -> str:
    if name == "born" and text:
        return london.plain_day(dt.date.fromisoformat(text))
    if name == "nhs_number":
        return nhs_numbers.shown(text) or "none"
    if name == "sex":
        return str(Patient.Sex(text).label)
    return text or "–"


def changes(found: Iterable[RecordChange], *, at: dt.datetime) -> list[ChangePresenter]:
    return [ChangePresenter(change, at=at) for change in found]
