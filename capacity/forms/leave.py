"""What is asked of whoever says whether people on leave count in occupancy."""

from __future__ import annotations

from typing import Any

from django import forms

from lib.fields import DayField, said


class LeaveForm(forms.Form):
    counted = forms.ChoiceField(
        label="In occupancy, people on leave are",
        choices=[("yes", "counted"), ("no", "not counted")],
        widget=forms.RadioSelect,
        error_messages=said("Say whether people on leave are counted."),
    )
    starts = DayField(label="From which day", help_text="Today or later, such as 31/01/2027.")
    reason = forms.CharField(
        label="Who decided this, or where it is written",
        max_length=200,
        help_text="Everybody who sees figures sees this.",
        error_messages=said("Say who decided this, or where it is written."),
    )

    def as_arguments(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return given | {"counted": given["counted"] == "yes"}
