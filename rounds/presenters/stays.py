"""The words of admitting, of leaving, and of the summary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from lib import london
from lib.addresses import address
from lib.london import near_moment, plain_day
from observations.kinds import KINDS
from patients.models import Admission
from patients.nhs_numbers import shown
from patients.presenters.words import age_and_sex, counted, named
from rounds.forms.admitting import AdmitForm
from rounds.pathways.words import limits, often
from rounds.patient.coming import Coming
from rounds.patient.still_open import StillOpen


class PlanPreview(NamedTuple):
    kind: str
    often: str
    told: str


class AdmitPresenter:
    def __init__(self, offered: Coming, form: AdmitForm) -> None:
        self.referral = offered.referral
        self.patient = offered.referral.patient
        self.version = offered.version
        self.form = form
        self.may_go_over = offered.may_go_over
        self.named = named(self.patient)
        self.number = shown(self.patient.nhs_number)
        self.born = plain_day(self.patient.born)
        self.no_bed = not offered.beds.exists()
        self.has_kit = offered.devices.exists()
        self.back_url = address("patients:referral-detail", self.referral.pk)

    @property
    def line(self) -> str:
        today = london.day_of(dt.datetime.now(dt.UTC))
        who = f"{age_and_sex(self.patient, today)} · born {self.born}"
        return f"{who} · {self.number}" if self.number else who

    @property
    def held(self) -> str:
        bed = self.referral.held_bed
        return f"Bed {bed.label} is held for this patient." if bed else ""

    @property
    def plan(self) -> list[PlanPreview]:
        """What will be copied from the pathway."""
        # Of several of a kind the first is copied.
        backwards = reversed(self.version.ruleset.get("limits", ()))
        told = {one["kind"]: one for one in backwards}
        return [self._planned(kind, when, told) for kind, when in self.version.schedule.items()]

    @staticmethod
    def _planned(
        kind: str, when: dict[str, object], told: dict[str, dict[str, object]]
    ) -> PlanPreview:
        limit = told.get(kind, {})
        known = KINDS[kind]
        said = limits(limit.get("low"), limit.get("high"), known.unit)  # type: ignore[arg-type]  # a published ruleset
        rhythm = often(when.get("times", []), when.get("every_hours"))  # type: ignore[arg-type]  # a published schedule
        return PlanPreview(known.label, rhythm, "" if kind == "consciousness" else said)


class DischargePresenter:
    def __init__(self, admission: Admission, left_open: StillOpen, *, at: dt.datetime) -> None:
        self.admission, self.open = admission, left_open
        self.named = named(admission.patient)
        self.at = at
        self.back_url = address("rounds:patient-detail", admission.pk)

    @property
    def line(self) -> str:
        patient, today = self.admission.patient, london.day_of(self.at)
        came = near_moment(self.admission.admitted_at, self.at)
        return f"{age_and_sex(patient, today)} · {self.admission.ward.name} since {came}"

    @property
    def alert(self) -> str:
        alert = self.open.alert
        if alert is None:
            return ""
        reasons = "; ".join(trigger.text for trigger in alert.triggers.all())
        owner = f"{alert.owner.short_name} owns it" if alert.owner else "nobody owns it"
        return f"{alert.get_priority_display().capitalize()} alert: {reasons or alert}; {owner}"

    @property
    def also(self) -> list[str]:
        """What ends by itself, told so that nobody wonders."""
        return list(self._also())

    def _also(self) -> Iterator[str]:
        for prompt in self.open.prompts:
            yield f"{prompt.get_kind_display().capitalize()}: asked no more."
        if self.open.leave:
            yield f"On leave, {self.open.leave.place}: the leave ends."
        if self.open.pause:
            until = near_moment(self.open.pause.ends, self.at)
            yield f"Readings paused until {until}: the pause ends with the stay."

    @property
    def kit(self) -> list[str]:
        return [f"{held.device.serial}, {held.device.model}" for held in self.open.kit]

    @property
    def tray(self) -> str:
        """3 readings without a patient may be theirs"""
        many = self.open.unclaimed
        if not many:
            return ""
        return f"{counted(many, 'reading', 'readings')} without a patient may be theirs"

    @property
    def tray_url(self) -> str:
        return address("observations:tray-list", self.admission.ward.code)

    @property
    def stayed(self) -> str:
        return counted(days_of(self.admission, self.at), "day", "days")

    @staticmethod
    def left_already(admission: Admission) -> str:
        """Said to who comes second; what they typed stays."""
        by = admission.discharged_by
        left = london.long_moment(admission.discharged_at) if admission.discharged_at else ""
        who = by.signature if by else "Somebody"
        where = admission.get_destination_display()
        return f"{who} has discharged this patient already: {left}, {where}. Nothing was changed."


def days_of(admission: Admission, at: dt.datetime) -> int:
    """The day of coming is the first; the day of leaving counts."""
    end = admission.discharged_at or at
    return (london.day_of(end) - london.day_of(admission.admitted_at)).days + 1
