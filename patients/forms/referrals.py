"""Asking for a place, and deciding on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BoundField
from django.utils import timezone

from accounts.models import User
from capacity.models import Bed, IntegratedCareBoard, Ward
from capacity.models.stays import Source
from lib import london
from lib.fields import DayField, Decimal, MomentField, among, said
from lib.ids import uuid7
from patients import nhs_numbers
from patients.actions.asking import Person
from patients.actions.clocks import LONGEST, SHORTEST
from patients.forms.fields import BedField
from patients.models import Pathway, PathwayVersion, Patient, Referral

YES_NO = (("yes", "Yes"), ("no", "No"), ("", "Not known"))


class PlaceForm(forms.Form):
    """First question of a referral: which ward, which pathway."""

    ward = forms.ModelChoiceField(
        Ward.objects.none(),
        to_field_name="code",
        label="Ward",
        empty_label="Choose a ward",
        error_messages=said("Choose a ward that you refer to."),
    )
    pathway = forms.ModelChoiceField(
        Pathway.objects.none(),
        label="Pathway",
        empty_label="Choose a pathway",
        error_messages=said("Choose a pathway."),
    )

    def __init__(self, *args: Any, user: User, at: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taking = Ward.objects.taking_referrals_from(user).open_on(london.day_of(at))
        among(self, "ward", taking.select_related("lead_provider", "icb"))
        published = PathwayVersion.objects.in_force()
        among(self, "pathway", Pathway.objects.filter(versions__in=published).distinct())

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        ward, pathway = typed.get("ward"), typed.get("pathway")
        if ward and pathway and not _takes(ward, pathway):
            self.add_error("pathway", f"{ward.name} does not take this pathway.")
        return typed


def _takes(ward: Ward, pathway: Pathway) -> bool:
    """A ward that names no pathways takes them all."""
    return not ward.pathways.exists() or ward.pathways.filter(pathway=pathway).exists()


class ReferralForm(forms.Form):
    """Who, why, and what the pathway's criteria ask."""

    # The id of the referral that this form makes, drawn with the form.
    key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid7)
    nhs_number = forms.CharField(
        max_length=20,
        required=False,
        label="NHS number",
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "size": 14, "maxlength": 20}
        ),
        help_text="Ten digits, such as 999 000 0018.",
    )
    no_nhs_number_reason = forms.CharField(
        max_length=120, required=False, label="Why there is none", help_text="If there is none."
    )
    family_name = forms.CharField(max_length=120, error_messages=said("Enter the family name."))
    given_name = forms.CharField(max_length=120, error_messages=said("Enter the given name."))
    born = DayField(label="Date of birth", wrong="Enter the date of birth, such as 31/01/1942.")
    sex = forms.ChoiceField(
        choices=Patient.Sex, widget=forms.RadioSelect, error_messages=said("Choose the sex.")
    )
    phone = forms.CharField(
        max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel", "size": 18})
    )
    address = forms.CharField(max_length=240, required=False)
    postcode = forms.CharField(max_length=8, required=False)
    home_icb = forms.ModelChoiceField(
        IntegratedCareBoard.objects.none(),
        to_field_name="code",
        required=False,
        label="Integrated care board of the GP practice",
        empty_label="Not known",
    )
    same_person = forms.BooleanField(
        required=False,
        label="I have checked: it is the same person, and the number is right",
    )
    source = forms.ChoiceField(
        choices=[("", "Choose"), *Source.choices],
        label="Where the patient is seen now",
        help_text="Out of an acute ward is step-down; from anywhere else, step-up.",
        error_messages=said("Choose where the patient is seen now."),
    )
    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        label="Why this patient, why now",
        error_messages=said("Say why this patient, and why now."),
    )
    referrer_organisation = forms.CharField(max_length=120, required=False, label="Your team")
    referrer_phone = forms.CharField(
        max_length=30,
        required=False,
        label="Your number",
        widget=forms.TextInput(attrs={"type": "tel", "size": 18}),
        help_text="Where the ward reaches you now.",
    )

    PERSON = (
        "family_name",
        "given_name",
        "born",
        "sex",
        "nhs_number",
        "no_nhs_number_reason",
        "phone",
        "address",
        "postcode",
        "home_icb",
    )
    ASKED = ("source", "reason", "referrer_organisation", "referrer_phone")

    def __init__(self, *args: Any, version: PathwayVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        today = london.day_of(timezone.now())
        among(self, "home_icb", IntegratedCareBoard.objects.on(today).order_by("name"))
        for criterion in self._asked():
            self.fields[f"fact_{criterion['key']}"] = _fact_field(criterion)

    def _asked(self) -> Iterator[Mapping[str, Any]]:
        """The age is known from the date of birth."""
        return (one for one in self.version.criteria if one["key"] != "age")

    def criteria(self) -> list[tuple[BoundField, str]]:
        """Each with its unit, in the pathway's order."""
        return [(self[f"fact_{one['key']}"], one.get("unit", "")) for one in self._asked()]

    def clean_nhs_number(self) -> str:
        number = nhs_numbers.plain(self.cleaned_data["nhs_number"])
        if number:
            nhs_numbers.check(number)
        return number

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        none = not (typed.get("nhs_number") or typed.get("no_nhs_number_reason", "").strip())
        if none and "nhs_number" not in self.errors:
            self.add_error("nhs_number", "Enter the NHS number, or say why there is none.")
        return typed

    def person(self) -> Person:
        return Person(**{name: self.cleaned_data[name] for name in self.PERSON})

    def asked(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.ASKED}

    def facts(self, at: Any) -> dict[str, Any]:
        """Only what is known: an absent fact is not known, and never a no."""
        told = {one["key"]: self._fact(one) for one in self._asked()}
        age = london.years_between(self.cleaned_data["born"], london.day_of(at))
        return {"age": age} | {key: fact for key, fact in told.items() if fact is not None}

    def _fact(self, criterion: Mapping[str, Any]) -> Any:
        typed = self.cleaned_data.get(f"fact_{criterion['key']}")
        if criterion["kind"] == "yes_no":
            return {"yes": True, "no": False}.get(typed or "")
        return typed


def _fact_field(criterion: Mapping[str, Any]) -> forms.Field:
    if criterion["kind"] == "yes_no":
        return forms.ChoiceField(
            choices=YES_NO,
            required=False,
            label=criterion["label"],
            widget=forms.RadioSelect,
            initial="",
            help_text=criterion.get("note", ""),
        )
    return Decimal(required=False, label=criterion["label"], help_text=criterion.get("note", ""))


class AcceptForm(forms.Form):
    prefix = "accept"
    note = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="Note to the referrer, if any",
    )
    held_bed = BedField(
        required=False,
        label="Hold a bed",
        empty_label="None",
        error_messages={"invalid_choice": "That bed is not free any more."},
    )
    held_until = MomentField(required=False, label="Held until")

    def __init__(self, *args: Any, beds: QuerySet[Bed], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        among(self, "held_bed", beds)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        unsaid = not typed.get("held_until") and "held_until" not in self.errors
        if typed.get("held_bed") and unsaid:
            self.add_error("held_until", "Say until when the bed is held.")
        return typed


class HoldForm(forms.Form):
    prefix = "hold"
    bed = BedField(
        label="Hold a bed",
        empty_label="Choose a bed",
        error_messages=said("Choose a bed that is free and held for nobody else."),
    )
    until = MomentField(label="Held until")

    def __init__(self, *args: Any, beds: QuerySet[Bed], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        among(self, "bed", beds)


class ClockForm(forms.Form):
    minutes = forms.IntegerField(
        required=False,
        min_value=SHORTEST,
        max_value=LONGEST,
        label="Decide within",
        help_text="In minutes: 120 is two hours. Leave it empty for no clock.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 6}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "Enter minutes, from 5 to 10080 (a week)."
        ),
    )


class DeclineForm(forms.Form):
    prefix = "decline"
    reason = forms.ChoiceField(
        choices=Referral.DeclineReason,
        widget=forms.RadioSelect,
        label="Why",
        error_messages=said("Choose why."),
    )
    note = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="What the referrer should do instead",
    )


class WithdrawForm(forms.Form):
    prefix = "withdraw"
    note = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2}), label="Why", error_messages=said("Say why.")
    )

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"].strip()
        if not note:
            raise ValidationError("Say why.")
        return note
