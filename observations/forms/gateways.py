"""What is asked about a gateway: how long it may say nothing."""

from __future__ import annotations

from django import forms

MOST_MINUTES = 24 * 60


class WatchForm(forms.Form):
    quiet_minutes = forms.IntegerField(
        label="How many minutes may it say nothing?",
        help_text="Then it counts as down, and each ward that it serves is told once. 0: never.",
        min_value=0,
        max_value=MOST_MINUTES,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 4}),
        error_messages={
            "required": "Enter how many minutes.",
            "invalid": "Enter a whole number of minutes.",
            "min_value": "Enter 0 or more minutes.",
            "max_value": "Enter at most 1440 minutes, which is a day.",
        },
    )
