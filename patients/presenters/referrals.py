"""Referrals in words: a line of the list, and the whole with its criteria."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from capacity.models import Ward
from lib import london
from patients import criteria, nhs_numbers
from patients.criteria import Answer, State
from patients.models import PathwayVersion, Referral
from patients.naming import AS_REFERRED, as_written
from patients.presenters.records import Compared, who_compared
from patients.presenters.words import address, age_and_sex
from patients.referral_book import Places

_COUNTED: tuple[State, ...] = ("met", "consider", "not_met", "not_known")


@dataclass(frozen=True, slots=True)
class WardPlaces:
    """A ward that could take the patient, and how many places are left there."""

    places: Places
    asked: bool

    @property
    def ward(self) -> Ward:
        return self.places.ward

    @property
    def words(self) -> str:
        beds, held = self.places.beds, self.places.held
        if not beds.beds:
            return "no open beds"
        told = f"{self.places.left} left of {beds.beds}"
        return f"{told}, {held} held" if held else told


def clock_words(ward: Ward) -> str:
    """decides within 2 h 30 min"""
    clock = getattr(ward, "referral_clock", None)
    if clock is None:
        return "no clock"
    return f"decides within {london.duration(dt.timedelta(minutes=clock.minutes))}"


def instead(referral: Referral, found: Sequence[Places]) -> str:
    """Where to, when the ward asked has no place left; empty while it has one."""
    asked = next((one for one in found if one.ward.pk == referral.ward_id), None)
    if asked is None or asked.left:
        return ""
    nearest = next((one for one in found if one.left), None)
    full = f"{asked.ward.name} has no place left."
    if nearest is None:
        return f"{full} Nor has any other ward here that takes {referral.pathway.name}."
    ours = nearest.ward.lead_provider_id == asked.ward.lead_provider_id
    whose = "of the same provider" if ours else f"of {nearest.ward.lead_provider.name}"
    return f"{full} Nearest with one: {nearest.ward.name}, {whose}, {nearest.left} left."


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
        known = self.patient.nhs_number
        if not self.recorded:
            known = self._as_written.get("nhs_number", known)
        return nhs_numbers.shown(known) or "no NHS number"

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
        admission = getattr(self.referral, "admission", None)
        if admission is not None:
            return "Admitted" if admission.is_open else "Discharged"
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
        which = f"bed {bed.label}" if self.recorded else "a bed is"
        return f"{which} {over} until {london.near_moment(until, self.at)}"

    @property
    def became(self) -> list[tuple[str, str]]:
        """When what happened to it: all that a referrer is told, and nothing of the care."""
        referral, admission = self.referral, getattr(self.referral, "admission", None)
        moments = [
            ("Asked", referral.referred_at),
            ("First looked at", referral.first_looked_at),
            ("Decided", referral.decided_at),
            ("Admitted", admission.admitted_at if admission else None),
            ("Discharged", admission.discharged_at if admission else None),
        ]
        return [(label, london.near_moment(at, self.at)) for label, at in moments if at]

    @property
    def due(self) -> str:
        """decide by 14:10; overdue by 25 min. Empty without a clock, or once decided."""
        due_at = self.referral.decision_due_at
        if due_at is None or not self.undecided:
            return ""
        if due_at <= self.at:
            return f"overdue by {london.age(due_at, self.at)}"
        return f"decide by {london.near_moment(due_at, self.at)}"

    @property
    def overdue(self) -> bool:
        due_at = self.referral.decision_due_at
        return self.undecided and due_at is not None and due_at <= self.at

    @property
    def as_referred(self) -> list[Compared]:
        """For the ward, where the referrer wrote another name or date: both, side by side."""
        if not (self._as_written and self.recorded):
            return []
        lines = who_compared(self._as_written, as_written(self.patient))
        return lines if any(line.differs for line in lines) else []

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
