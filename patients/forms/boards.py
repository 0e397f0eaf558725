"""Saying whose resident a patient is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from capacity.models import IntegratedCareBoard
from lib import london
from lib.fields import among
from patients.boards import recorded
from patients.models import Patient


class HomeBoardForm(forms.Form):
    """It begins as it is recorded, a board that is no more included."""

    home_icb = forms.ModelChoiceField(
        IntegratedCareBoard.objects.none(),
        to_field_name="code",
        required=False,
        label="Integrated care board of the GP practice",
        empty_label="Not known",
        help_text="Where the patient is registered, not where they are looked after. The figures"
        " of this stay follow; those of stays that are over stay as they were.",
    )

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        board = patient.home_icb
        super().__init__(*args, **kwargs)
        self.initial = {"home_icb": board.code if board else ""}
        today = london.day_of(timezone.now())
        boards = IntegratedCareBoard.objects
        offered = boards.on(today) | boards.filter(pk__in=recorded(patient))
        among(self, "home_icb", offered.order_by("name"))
