"""Admitting with kit: the bed, what was asked, how readings are judged, whom to call, what kit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.db.models import QuerySet
from django.forms import BoundField
from django.forms.utils import ErrorDict

from accounts.models import User
from capacity.models import Bed
from lib.fields import DayField, among, said
from lib.london import plain_day
from observations.forms.kit import IS_IT_THERE
from observations.models import Device
from patients.forms.fields import SeniorField
from patients.forms.moves import BedChoiceForm
from patients.models import Contact, ExpectedDischarge, MonitoringMode, Patient, SafetyRecord
from rounds.actions.stays import Known, Safety
from rounds.forms.at_home import AtHome
from rounds.forms.fields import KitField, Whole

State = SafetyRecord.State
TOPICS = tuple(SafetyRecord.Topic)
SENIOR_MODES = (MonitoringMode.Mode.NEWS2_SCALE2, MonitoringMode.Mode.COMFORT)


class SafetyFields(NamedTuple):
    """The three fields of one topic, for the page."""

    label: str
    state: BoundField
    text: BoundField
    source: BoundField


class ContactField(forms.ModelChoiceField[Contact]):
    def label_from_instance(self, obj: Contact) -> str:
        return ", ".join(filter(None, (obj.name, obj.relationship, obj.phone)))


class AdmitForm(BedChoiceForm):
    """`offered` says which beds, people and kit there are; all of it is checked once more by the
    actions, under their locks."""

    expected_discharge = DayField(label="Expected day to leave")
    cause = forms.ChoiceField(
        choices=[("", "Choose why"), *ExpectedDischarge.Cause.choices],
        required=False,
        label="Why so long",
    )
    cause_reason = forms.CharField(max_length=200, required=False, label="Why so long, in words")
    responsible_clinician = SeniorField(
        required=False, label="Responsible clinician", empty_label="Not yet named"
    )
    mode = forms.ChoiceField(
        choices=MonitoringMode.Mode,
        widget=forms.RadioSelect,
        label="By",
        error_messages=said("Choose how readings are judged."),
        help_text="Scale 2 and comfort are a senior’s decision and run out within 14 days.",
    )
    mode_reason = forms.CharField(max_length=200, required=False, label="Why so")
    agreed_by = SeniorField(required=False, label="Agreed by", empty_label="Nobody yet")
    usual_news2 = Whole(required=False, min_value=0, max_value=20, label="Usual NEWS2")
    usual_spo2 = Whole(required=False, min_value=60, max_value=100, label="Usual SpO2")
    call_first = ContactField(
        Contact.objects.none(),
        required=False,
        label="First to call",
        empty_label="Somebody else, named below",
        widget=forms.RadioSelect,
    )
    contact_name = forms.CharField(max_length=160, required=False, label="Name")
    contact_relationship = forms.CharField(
        max_length=60, required=False, label="Who they are to the patient"
    )
    contact_phone = forms.CharField(
        max_length=30,
        required=False,
        label="Number",
        widget=forms.TextInput(attrs={"type": "tel", "size": 18}),
    )
    contact_is_carer = forms.BooleanField(required=False, label="Cares for the patient")
    contact_first_at_night = forms.BooleanField(required=False, label="First to call at night, too")
    devices = KitField(label="Kit to hand out")
    kit_state = forms.ChoiceField(
        choices=IS_IT_THERE,
        widget=forms.RadioSelect,
        required=False,
        initial="working",
        label="Is it there yet?",
    )
    kit_due = DayField(required=False, label="Expected by", help_text="Where it is only ordered.")

    def __init__(
        self,
        *args: Any,
        beds: QuerySet[Bed],
        may_go_over: bool,
        people: QuerySet[User],
        seniors: QuerySet[User],
        devices: QuerySet[Device],
        patient: Patient,
        limit: dt.date,
        limit_days: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, beds=beds, may_go_over=may_go_over, **kwargs)
        self.patient, self.limit = patient, limit
        self.home = AtHome(self.data if self.is_bound else None, patient=patient)
        last = f"Needed after {plain_day(limit)}, the pathway’s {limit_days} days."
        self.fields["cause"].help_text = last
        among(self, "responsible_clinician", people)
        among(self, "agreed_by", seniors)
        among(self, "devices", devices)
        among(self, "call_first", patient.contacts.filter(must_not_be_told=False))
        if not patient.contacts.filter(must_not_be_told=False).exists():
            del self.fields["call_first"]
        self._recorded = {one.topic: one for one in patient.safety_records.current()}
        for topic in TOPICS:
            self._ask(topic)

    def _ask(self, topic: SafetyRecord.Topic) -> None:
        known = self._recorded.get(topic)
        self.fields[f"{topic}_state"] = forms.ChoiceField(
            choices=State,
            widget=forms.RadioSelect,
            label=topic.label,
            initial=known.state if known else State.NOT_ASKED,
            error_messages=said("Choose what is known."),
        )
        self.fields[f"{topic}_text"] = forms.CharField(
            max_length=400, required=False, label="In words", initial=known.text if known else ""
        )
        self.fields[f"{topic}_source"] = forms.CharField(
            max_length=120,
            required=False,
            label="Who said so, or which record",
            initial=known.source if known else "",
        )

    def __iter__(self) -> Iterator[BoundField]:
        """Those about the home too, for the summary of errors."""
        yield from super().__iter__()
        for part in self.home.parts:
            yield from part

    @property
    def errors(self) -> ErrorDict:
        found = ErrorDict(super().errors)
        found.update(self.home.errors if self.is_bound else {})
        return found

    def safety(self) -> Iterator[SafetyFields]:
        for topic in TOPICS:
            names = (f"{topic}_{part}" for part in ("state", "text", "source"))
            yield SafetyFields(topic.label, *(self[name] for name in names))

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        for topic in TOPICS:
            self._check_safety(typed, topic)
        if typed.get("mode") in SENIOR_MODES and not typed.get("mode_reason", "").strip():
            self.add_error("mode_reason", "Say why.")
        self._check_contact(typed)
        self._check_expected(typed)
        return typed

    def _check_expected(self, typed: dict[str, Any]) -> None:
        day = typed.get("expected_discharge")
        if day is not None and day > self.limit and not typed.get("cause"):
            self.add_error("cause", "That is beyond the pathway’s days: say why.")

    def _check_safety(self, typed: dict[str, Any], topic: SafetyRecord.Topic) -> None:
        state = typed.get(f"{topic}_state")
        if state == State.RECORDED and not typed.get(f"{topic}_text", "").strip():
            self.add_error(f"{topic}_text", "Say what is recorded.")
        if state in (State.RECORDED, State.NONE) and not typed.get(f"{topic}_source", "").strip():
            self.add_error(f"{topic}_source", "Say who said so, or which record.")

    def _check_contact(self, typed: dict[str, Any]) -> None:
        begun = any(typed.get(name) for name in ("contact_relationship", "contact_phone"))
        if begun and not typed.get("contact_name"):
            self.add_error("contact_name", "Enter the name.")
        if typed.get("contact_name") and not typed.get("contact_relationship"):
            self.add_error("contact_relationship", "Say who they are to the patient.")

    def as_arguments(self) -> dict[str, Any]:
        """For `admit_with_kit`."""
        names = (
            *("bed", "no_bed_reason", "expected_discharge", "cause", "cause_reason"),
            *("responsible_clinician", "mode", "mode_reason", "agreed_by", "devices"),
        )
        return {name: self.cleaned_data[name] for name in names} | {
            "known": self._known(),
            "kit_state": self.cleaned_data["kit_state"] or "working",
            "kit_due": self.cleaned_data["kit_due"],
        }

    def _known(self) -> Known:
        typed = self.cleaned_data
        return Known(
            safety=list(self._changed_safety()),
            call_first=typed.get("call_first"),
            new_contact=self._new_contact(),
            usual_news2=typed["usual_news2"],
            usual_spo2=typed["usual_spo2"],
            **self.home.as_known(),
        )

    def _changed_safety(self) -> Iterator[Safety]:
        """What stands already is not written again: it keeps its date and source."""
        for topic in TOPICS:
            parts = ("state", "text", "source")
            state, text, source = (self.cleaned_data[f"{topic}_{part}"] for part in parts)
            known = self._recorded.get(topic)
            was = (known.state, known.text, known.source) if known else (State.NOT_ASKED, "", "")
            if (state, text, source) != was and state != State.NOT_ASKED:
                yield Safety(topic, state, text, source)

    def _new_contact(self) -> dict[str, Any] | None:
        typed = self.cleaned_data
        if not typed["contact_name"]:
            return None
        parts = ("name", "relationship", "phone", "is_carer", "first_at_night")
        return {part: typed[f"contact_{part}"] for part in parts}


def usual_mode(patient: Patient, default: str, day: dt.date) -> str:
    """What the pathway says; under 16, limits alone."""
    return MonitoringMode.Mode.LIMITS_ONLY.value if patient.age_on(day) < 16 else default
