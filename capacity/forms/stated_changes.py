"""What the pages of capacity ask for."""

from __future__ import annotations

from django import forms

DAY_FORMATS = ["%d/%m/%Y", "%d %m %Y", "%d.%m.%Y", "%Y-%m-%d", "%d %b %Y", "%d %B %Y"]


class StatedChangeForm(forms.Form):
    """From when a chart begins anew, and why."""

    on = forms.DateField(
        label="Changed on",
        input_formats=DAY_FORMATS,
        widget=forms.DateInput(format="%d/%m/%Y", attrs={"size": 10, "autocomplete": "off"}),
        help_text="For example 31/01/2027. Limits are reckoned anew from the first time that"
        " begins on that day or later.",
        error_messages={
            "invalid": "Enter a date, such as 31/01/2027.",
            "required": "Enter a date, such as 31/01/2027.",
        },
    )
    reason = forms.CharField(
        max_length=200,
        label="What changed",
        help_text="Everybody who sees the chart sees this.",
        error_messages={"required": "Say what changed."},
    )
