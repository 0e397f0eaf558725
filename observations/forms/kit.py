"""What is asked about kit: who gets it, when it was held, what is wrong with it."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from lib.fields import DayField, MomentField, among
from observations.models import Device, Holding
from observations.presenters.kit import measures
from patients.models import Admission
from patients.presenters.words import named

IS_IT_THERE: Final = (
    ("working", "It is there and works"),
    ("delivered", "Delivered, not tried yet"),
    ("ordered", "Ordered"),
)


class DeviceField(forms.ModelChoiceField[Device]):
    def label_from_instance(self, obj: Device) -> str:
        return f"{obj.serial}, {obj.model}: {measures(obj)}"


class AdmissionField(forms.ModelChoiceField[Admission]):
    def label_from_instance(self, obj: Admission) -> str:
        return named(obj.patient)


class IssueForm(forms.Form):
    admission = AdmissionField(
        Admission.objects.none(),
        label="Who gets it?",
        empty_label="Choose a patient",
        error_messages={"required": "Choose who gets it."},
    )
    device = DeviceField(
        Device.objects.none(),
        label="Which device?",
        empty_label="Choose a device",
        error_messages={
            "required": "Choose a device.",
            "invalid_choice": "Choose a device that is in store.",
        },
    )
    state = forms.ChoiceField(
        label="Is it there yet?",
        choices=IS_IT_THERE,
        initial="working",
        widget=forms.RadioSelect,
    )

    delivery_due = DayField(
        required=False, label="Expected by", help_text="Where it is only ordered."
    )

    def __init__(
        self, *args: Any, devices: QuerySet[Device], admissions: QuerySet[Admission], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        among(self, "device", devices)
        among(self, "admission", admissions)


class CorrectForm(forms.Form):
    starts = MomentField(label="Held from")
    ends = MomentField(
        label="Held until",
        required=False,
        help_text="Leave both boxes empty when the patient still has it.",
    )
    reason = forms.CharField(
        label="Why was it wrong?",
        max_length=200,
        error_messages={"required": "Say why it was wrong."},
    )

    def __init__(self, data: Any = None, *, holding: Holding) -> None:
        self._known = {"starts": holding.starts, "ends": holding.ends}
        super().__init__(data, initial=self._known)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given |= {name: self._exact(name, given.get(name)) for name in self._known}
        starts, ends, now = given.get("starts"), given.get("ends"), timezone.now()
        if starts and starts > now:
            self.add_error("starts", "This lies ahead.")
        if ends and ends > now:
            self.add_error("ends", "This lies ahead.")
        if starts and ends and ends <= starts:
            self.add_error("ends", "The end must come after the start.")
        return given

    def _exact(self, name: str, typed: dt.datetime | None) -> dt.datetime | None:
        """The boxes show minutes: what was left as it stood keeps its seconds."""
        known = self._known[name]
        untouched = known and typed == known.replace(second=0, microsecond=0)
        return known if untouched else typed


class ChaseForm(forms.Form):
    said = forms.CharField(
        label="Whom did you ask, and what did they say?",
        max_length=200,
        error_messages={"required": "Say what you were told."},
    )


class StatusForm(forms.Form):
    status = forms.ChoiceField(
        label="What is it now?",
        choices=[
            (Device.Status.FAULTY, "Faulty"),
            (Device.Status.LOST, "Lost"),
            (Device.Status.IN_STORE, "In store, works"),
            (Device.Status.RETIRED, "Retired"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is now."},
    )
    note = forms.CharField(
        label="What did you find?",
        max_length=200,
        error_messages={"required": "Say what you found."},
    )


class FinishForm(forms.Form):
    outcome = forms.CharField(
        label="What came of it?",
        max_length=200,
        error_messages={"required": "Say what came of it."},
    )
