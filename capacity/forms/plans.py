"""What is asked of a plan, and of a target."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from capacity.models import Ward
from lib.fields import DayField, among, said

# More than any ward has; a slip of the keyboard is told.
MOST_BEDS = 999


def _number(label: str, width: int, least: str, most: str, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=Decimal(least),
        max_value=Decimal(most),
        max_digits=5,
        decimal_places=1,
        widget=forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "size": width}
        ),
        error_messages=said(f"Enter a number from {least} to {most}.")
        | {"max_decimal_places": "Enter at most one decimal."},
        **more,
    )


class PlanForm(forms.Form):
    beds = forms.IntegerField(
        label="How many beds more",
        help_text="Fewer with a minus before it, such as -5.",
        min_value=-MOST_BEDS,
        max_value=MOST_BEDS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 5}),
        error_messages=said("Enter how many beds, such as 12 or -5."),
    )
    on = DayField(label="From which day")
    ward = forms.ModelChoiceField(
        Ward.objects.none(), required=False, empty_label="A ward that does not exist yet"
    )
    where = forms.CharField(
        label="Where, or which ward it will be",
        required=False,
        max_length=120,
        help_text="Needed where the ward does not exist yet.",
    )

    def __init__(self, *args: Any, wards: QuerySet[Ward], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        among(self, "ward", wards)

    def clean_beds(self) -> int:
        beds: int = self.cleaned_data["beds"]
        if beds == 0:
            raise forms.ValidationError("No beds more or fewer is no plan.")
        return beds

    def as_arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class TargetForm(forms.Form):
    starts = DayField(label="From which day")
    low = _number("Beds per 100,000, at least", 5, "0.1", "999")
    high = _number("Beds per 100,000, at most", 5, "0.1", "999")
    percent = _number("Occupancy wanted, %", 5, "1", "100")

    def as_arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
