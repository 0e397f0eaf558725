"""Referrals in words: a line of the list, and the whole with its criteria."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from capacity.models import Ward
from capacity.presence import WardCount
from lib import london
from patients import criteria, nhs_numbers
from patients.criteria import Answer, State
from patients.models import PathwayVersion, Referral
from patients.naming import AS_REFERRED
from patients.presenters.words import address, age_and_sex

_COUNTED: tuple[State, ...] = ("met", "consider", "not_met", "not_known")


@dataclass(frozen=True, slots=True)
class WardPlaces:
    """A ward that could take the patient, and how many beds are free there."""

    ward: Ward
    count: WardCount
    asked: bool

    @property
    def words(self) -> str:
        if not self.count.beds:
            return "no open beds"
        return f"{self.count.free} free of {self.count.beds}"


class ReferralPresenter:
    """One referral; `version` is what the ward admits by, for its criteria.

    To whoever only referred, `recorded` is False: they see the name and date they wrote, never
    what else is recorded under the NHS number.
    """

    def __init__(
        self,
        referral: Referral,
        *,
        at: dt.datetime,
        recorded: bool,
        version: PathwayVersion | None = None,
    ) -> None:
        self.referral, self.at, self.version = referral, at, version
        self.patient = referral.patient
        self.recorded = recorded
        self.day = london.day_of(at)

    @property
    def url(self) -> str:
        return address("patients:referral-detail", self.referral.pk)

    @property
    def admit_url(self) -> str:
        return address("rounds:admission-create", self.referral.pk)

    @property
    def patient_url(self) -> str:
        admission = getattr(self.referral, "admission", None)
        return address("rounds:patient-detail", admission.pk) if admission else ""

    @property
    def named(self) -> str:
        """SAMPLE, Margaret, 999 000 0018"""
        return f"{self.family}, {self.given}, {self.number}"

    @property
    def family(self) -> str:
        return self._written("family_name", self.patient.family_name).upper()

    @property
    def given(self) -> str:
        return self._written("given_name", self.patient.given_name)

    def _written(self, field: str, known: str) -> str:
        return known if self.recorded else self._as_written.get(field, known)

    @property
    def _as_written(self) -> dict[str, str]:
        written: dict[str, str] = self.referral.facts.get(AS_REFERRED, {})
        return written

    @property
    def number(self) -> str:
        return nhs_numbers.shown(self.patient.nhs_number) or "no NHS number"

    @property
    def age(self) -> str:
        """83 F; the age alone where the record is another's to see."""
        if self.recorded or not self._as_written:
            return age_and_sex(self.patient, self.day)
        return str(london.years_between(self._born, self.day))

    @property
    def born(self) -> str:
        return london.plain_day(self._born)

    @property
    def _born(self) -> dt.date:
        return dt.date.fromisoformat(self._written("born", self.patient.born.isoformat()))

    @property
    def line(self) -> str:
        """Frailty, step-up, GP"""
        asked = self.referral
        return f"{asked.pathway.name}, {asked.get_route_display()}, {asked.get_source_display()}"

    @property
    def asked(self) -> str:
        return london.near_moment(self.referral.referred_at, self.at)

    @property
    def waited(self) -> str:
        return london.age(self.referral.referred_at, self.at)

    @property
    def state(self) -> str:
        if hasattr(self.referral, "admission"):
            return "Admitted"
        label = self.referral.get_outcome_display()
        return "Not decided" if self.undecided else label[:1].upper() + label[1:]

    @property
    def undecided(self) -> bool:
        return self.referral.outcome == Referral.Outcome.WAITING

    @property
    def awaits_bed(self) -> bool:
        accepted = self.referral.outcome == Referral.Outcome.ACCEPTED
        return accepted and not hasattr(self.referral, "admission")

    @property
    def decided(self) -> str:
        """by A. Okafor, nurse in charge, 13:15"""
        if self.referral.decided_at is None or self.referral.decided_by is None:
            return ""
        when = london.near_moment(self.referral.decided_at, self.at)
        return f"by {self.referral.decided_by.signature}, {when}"

    @property
    def held(self) -> str:
        bed, until = self.referral.held_bed, self.referral.held_until
        if bed is None or until is None:
            return ""
        over = "was held" if until <= self.at else "held"
        return f"bed {bed.label} {over} until {london.near_moment(until, self.at)}"

    @property
    def looked(self) -> str:
        first = self.referral.first_looked_at
        return london.near_moment(first, self.at) if first else ""

    @property
    def as_referred(self) -> str:
        """For the ward, where the referrer wrote another name or date."""
        written = self._as_written
        if not (written and self.recorded):
            return ""
        born = london.plain_day(dt.date.fromisoformat(written["born"]))
        return f"{written['family_name'].upper()}, {written['given_name']}, born {born}"

    @property
    def answers(self) -> tuple[Answer, ...]:
        if self.version is None:
            return ()
        return criteria.answers(self.version.criteria, self.referral.facts)

    @property
    def tally(self) -> str:
        """5 met, 1 not met, 2 not known"""
        count = Counter(answer.state for answer in self.answers)
        told = (f"{count[state]} {criteria.WORDS[state]}" for state in _COUNTED if count[state])
        return ", ".join(told)
