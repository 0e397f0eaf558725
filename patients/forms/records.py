"""Proposing that a record be put right, and deciding on it."""

from __future__ import annotations

from typing import Any

from django import forms

from lib.fields import DayField, said
from patients import nhs_numbers
from patients.actions.records.proposing import NAMING
from patients.models import Identifier, Patient

_WHY = forms.Textarea(attrs={"rows": 3})


def _reason(label: str) -> forms.CharField:
    return forms.CharField(widget=_WHY, label=label, error_messages=said("Say why."))


class CorrectionForm(forms.Form):
    """Who this is; it begins as it is recorded."""

    family_name = forms.CharField(max_length=120, error_messages=said("Enter the family name."))
    given_name = forms.CharField(max_length=120, error_messages=said("Enter the given name."))
    born = DayField(label="Date of birth", wrong="Enter the date of birth, such as 31/01/1942.")
    sex = forms.ChoiceField(
        choices=Patient.Sex, widget=forms.RadioSelect, error_messages=said("Choose the sex.")
    )
    nhs_number = forms.CharField(
        max_length=20,
        required=False,
        label="NHS number",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 14}),
        help_text="Ten digits, such as 999 000 0018.",
    )
    no_nhs_number_reason = forms.CharField(
        max_length=120, required=False, label="Why there is none", help_text="If there is none."
    )
    old_number_was = forms.ChoiceField(
        choices=[
            (Identifier.Status.WRONG, "wrong from the start"),
            (Identifier.Status.SUPERSEDED, "right, and replaced by another"),
        ],
        initial=Identifier.Status.WRONG,
        widget=forms.RadioSelect,
        label="If the number changes, the old one was",
        error_messages=said("Say what the old number was."),
    )
    reason = _reason("How you know")

    def clean_nhs_number(self) -> str:
        number = nhs_numbers.plain(self.cleaned_data["nhs_number"])
        if number:
            nhs_numbers.check(number)
        return number

    def as_arguments(self) -> dict[str, Any]:
        """For `propose_correction`."""
        typed = self.cleaned_data
        wanted = {name: typed[name] for name in NAMING}
        if typed["nhs_number"]:
            wanted["no_nhs_number_reason"] = ""
        others = {name: typed[name] for name in ("old_number_was", "reason")}
        return {"wanted": wanted, **others}


class JoinForm(forms.Form):
    keep = forms.ChoiceField(
        widget=forms.RadioSelect,
        label="Whose name, date of birth and number stand",
        error_messages=said("Choose which record is kept."),
    )
    reason = _reason("How you know that they are one person")

    def __init__(self, *args: Any, records: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep = self.fields["keep"]
        assert isinstance(keep, forms.ChoiceField)
        keep.choices = records


class TakeApartForm(forms.Form):
    reason = _reason("How you know that they are two people")


class DecisionForm(forms.Form):
    note = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="Note",
        help_text="To refuse, say why.",
    )
