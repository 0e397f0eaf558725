"""Boxes for times of day and whole numbers: what was typed stays, even where it is neither."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from patients.planned import PRIORITIES

MOST_TIMES = 24
PRIORITY_CHOICES = [(one, one) for one in PRIORITIES]


class TimesField(forms.CharField):
    """London times of day, sorted: "8:00, 18.00" is ["08:00", "18:00"]."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "size": 20})
        super().__init__(required=False, max_length=200, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        parts = str(value or "").replace(",", " ").replace(";", " ").replace(".", ":").split()
        times = sorted({_time(part) for part in parts})
        if len(times) > MOST_TIMES:
            raise forms.ValidationError("Give 24 times a day at most.")
        return times


def _time(text: str) -> str:
    hour, _, minute = text.partition(":")
    told = [hour, minute or "00"]
    if not all(part.isascii() and part.isdigit() and len(part) < 3 for part in told):
        raise forms.ValidationError("Write times like 08:00, 18:00.")
    try:
        return dt.time(int(told[0]), int(told[1])).strftime("%H:%M")
    except ValueError as wrong:
        raise forms.ValidationError("Write times like 08:00, 18:00.") from wrong


def whole(label: str, low: int, high: int, *, required: bool = True) -> forms.IntegerField:
    between = f"Enter a whole number from {low} to {high}."
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=low,
        max_value=high,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 4}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), between),
    )


def priority(label: str = "How urgent", *, none: str = "") -> forms.ChoiceField:
    """`none` words the choice of no priority at all; without it there is none."""
    empty = [("", none)] if none else []
    return forms.ChoiceField(choices=[*empty, *PRIORITY_CHOICES], label=label, required=not none)
