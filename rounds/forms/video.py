"""A ward's link for video calls."""

from django import forms

from lib.fields import said


class VideoForm(forms.Form):
    url = forms.CharField(
        max_length=300,
        required=False,
        label="The team’s link",
        help_text="Begins with https://. The same for every patient: no name or number in it. "
        "Empty for none.",
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false", "size": 40}),
        error_messages=said("Enter an address that begins with https://."),
    )
