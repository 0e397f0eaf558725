"""A departure that was entered in error."""

from django import forms

from lib.fields import said


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        max_length=200, label="Why it was an error", error_messages=said("Say why.")
    )
