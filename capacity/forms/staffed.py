"""What is asked of a ward's lead about the beds that can be staffed."""

from __future__ import annotations

from django import forms

from lib.fields import DayField, said

# More than any ward has; a slip of the keyboard is told.
MOST_BEDS = 999


class StaffedForm(forms.Form):
    number = forms.IntegerField(
        label="Beds that the team can staff",
        min_value=0,
        max_value=MOST_BEDS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 4}),
        error_messages=said(f"Enter a number from 0 to {MOST_BEDS}."),
    )
    starts = DayField(label="From which day")
