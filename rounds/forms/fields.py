"""People, kit and whole numbers as this app's forms ask for them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from observations.kinds import KINDS
from observations.models import Device
from observations.presenters.kit import charge, told


class Whole(forms.IntegerField):
    """A whole number typed in a text box: what was typed stays, even where it is no number."""

    def __init__(self, *, size: int = 4, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "off", "size": size}
        kwargs.setdefault("error_messages", {"invalid": "Enter a whole number."})
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)


class KitField(forms.ModelMultipleChoiceField[Device]):
    """Devices in store, by what they are and their serial; which ones, the form says."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            Device.objects.none(), widget=forms.CheckboxSelectMultiple, required=False, **kwargs
        )

    def label_from_instance(self, obj: Device) -> str:
        measures = ", ".join(KINDS[kind].short.rstrip(".") for kind in obj.kinds if kind in KINDS)
        battery = f", battery {charge(obj, at=timezone.now())}" if told(obj) else ""
        return f"{obj.serial}, {obj.model}: {measures}{battery}"
