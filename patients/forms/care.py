"""Thresholds, times, mode, pause, oxygen, the day to leave: each with its reason."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from lib.fields import DayField, Decimal, MomentField, among, said
from lib.london import day_of, plain_day
from patients.forms.fields import SeniorField
from patients.models import Admission, ExpectedDischarge, MonitoringMode, PlanLine
from patients.planned import PRIORITIES


class AgreedForm(forms.Form):
    """What may need a senior: their name, and until when it holds."""

    agreed_by = SeniorField(
        required=False,
        label="Agreed by",
        empty_label="Nobody yet",
        help_text="The senior decision-maker who agreed; needed where it loosens.",
    )
    expires_at = MomentField(
        required=False,
        label="Until",
        help_text="What is loosened runs out within 14 days; that long if empty.",
    )

    def __init__(self, *args: Any, seniors: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        among(self, "agreed_by", seniors)


def reason_field(words: str = "Why") -> forms.CharField:
    return forms.CharField(max_length=200, label=words, error_messages=said("Say why."))


def whole_box() -> forms.TextInput:
    """What was typed stays, even where it is no number."""
    return forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 4})


class LimitForm(AgreedForm):
    low = Decimal(required=False, label="Tell somebody below")
    high = Decimal(required=False, label="Tell somebody above")
    priority = forms.ChoiceField(
        choices=[(one, one) for one in PRIORITIES],
        widget=forms.RadioSelect,
        label="How urgent",
        error_messages=said("Choose how urgent it is."),
    )
    reason = reason_field("Why for this patient")

    field_order = ("low", "high", "priority", "reason", "agreed_by", "expires_at")


class TimesForm(forms.Form):
    times = forms.CharField(
        required=False,
        label="Times of day",
        help_text="Such as 08:00, 18:00. Or leave it empty and say every how many hours.",
    )
    every_hours = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=24,
        label="Every",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 3}),
        error_messages={"invalid": "Enter whole hours."},
    )
    reason = reason_field()

    @staticmethod
    def of(line: PlanLine) -> dict[str, Any]:
        return {"times": ", ".join(line.times), "every_hours": line.every_hours}

    def clean_times(self) -> list[str]:
        typed: str = self.cleaned_data["times"]
        return typed.replace(",", " ").replace(";", " ").replace(".", ":").split()


class ModeForm(AgreedForm):
    mode = forms.ChoiceField(
        choices=MonitoringMode.Mode,
        widget=forms.RadioSelect,
        label="How readings are judged",
        error_messages=said("Choose how readings are judged."),
        help_text="Scale 2 and comfort are a senior\u2019s decision.",
    )
    reason = reason_field()

    field_order = ("mode", "reason", "agreed_by", "expires_at")


class PauseForm(AgreedForm):
    until = MomentField(label="No readings until")
    reason = reason_field()

    field_order = ("until", "reason", "agreed_by")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["expires_at"]
        self.fields["agreed_by"].help_text = "Needed for more than 24 hours."


class OxygenForm(forms.Form):
    litres_per_minute = Decimal(
        label="Home oxygen",
        error_messages=said("Enter litres a minute, 0 for none."),
        min_value=0,
        max_value=80,
    )


class ExpectedForm(forms.Form):
    """Beyond the pathway's limit it asks why; who is ready and waits, is told since when."""

    day = DayField(label="Expected day to leave")
    cause = forms.ChoiceField(
        choices=[("", "Nothing to say"), *ExpectedDischarge.Cause.choices],
        required=False,
        widget=forms.RadioSelect,
        label="What keeps the patient longer",
    )
    ready_since = DayField(
        required=False,
        label="Medically ready to leave since",
        help_text="Empty while care is needed. It is kept when the day to leave changes.",
    )
    reason = forms.CharField(max_length=200, required=False, label="Why it changed")

    def __init__(self, *args: Any, limit: dt.date, limit_days: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = plain_day(limit)
        self.fields[
            "cause"
        ].help_text = f"Needed after {last}, the pathway\u2019s {limit_days} days."

    @staticmethod
    def of(admission: Admission) -> dict[str, Any]:
        last = admission.expected_discharges.first()
        ready = admission.ready_since
        return {
            "day": admission.expected_discharge,
            "cause": last.cause if last else "",
            "ready_since": day_of(ready) if ready else None,
        }


class UsualForm(forms.Form):
    """What is usual for this person, where it is known."""

    usual_news2 = forms.IntegerField(
        required=False, min_value=0, max_value=20, label="Usual NEWS2", widget=whole_box()
    )
    usual_spo2 = forms.IntegerField(
        required=False, min_value=60, max_value=100, label="Usual SpO2", widget=whole_box()
    )


class ResponsibleForm(forms.Form):
    clinician = SeniorField(
        required=False, label="Responsible clinician", empty_label="Not yet named"
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        among(self, "clinician", people)
