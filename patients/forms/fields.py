"""Beds and people as this app's forms ask for them."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from capacity.models import Bed


class BedField(forms.ModelChoiceField[Bed]):
    """A bed by its label; which beds, the form says."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Bed.objects.none(), **kwargs)

    def label_from_instance(self, obj: Bed) -> str:
        return f"Bed {obj.label}" + (", surge" if obj.kind == Bed.Kind.SURGE else "")


class SeniorField(forms.ModelChoiceField[User]):
    """A senior decision-maker by name and post; which ones, the form says."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(User.objects.none(), **kwargs)

    def label_from_instance(self, obj: User) -> str:
        return obj.signature
