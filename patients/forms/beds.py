"""Closing a bed: which, why, until when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from capacity.models import Bed, BedClosure
from lib.fields import MomentField, among, said
from patients.forms.fields import BedField


class CloseBedForm(forms.Form):
    bed = BedField(
        label="Bed",
        empty_label="Choose a bed",
        error_messages=said("Choose a bed that is free."),
        help_text="Only free beds: move or discharge whoever lies in another one first.",
    )
    reason = forms.ChoiceField(
        choices=BedClosure.Reason, widget=forms.RadioSelect, error_messages=said("Say why.")
    )
    note = forms.CharField(max_length=200, required=False, label="Note")
    expected_until = MomentField(required=False, label="Expected to open again")

    def __init__(self, *args: Any, beds: QuerySet[Bed], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        among(self, "bed", beds)

    def as_arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
