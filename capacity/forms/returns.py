"""What a person types to sign a return off, or to open it again."""

from __future__ import annotations

from django import forms


class SignForm(forms.Form):
    """`seen` is the draft that the page showed, by when it was prepared."""

    seen = forms.DateTimeField(
        widget=forms.HiddenInput, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z"]
    )


class ReopenForm(forms.Form):
    reason = forms.CharField(
        label="Why it is reopened",
        help_text="For example: two discharges were entered late. Name no patient.",
        max_length=200,
        error_messages={"required": "Say why it is reopened."},
    )
