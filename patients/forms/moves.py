"""To another bed or ward, on leave and back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from capacity.models import Bed
from lib.fields import MomentField, among, said
from patients.forms.fields import BedField

TAKEN_MEANWHILE = "That bed is not free any more: choose another."
TAKEN_FOR_A_LEAD = "That bed is not free any more: choose another, or say why there is none."


class BedChoiceForm(forms.Form):
    """A free bed; or, for the ward's lead, the reason for none."""

    bed = BedField(required=False, label="Bed", empty_label="Choose a bed")
    no_bed_reason = forms.CharField(
        max_length=200,
        required=False,
        label="Or without a bed, over capacity: why",
        help_text="Counted as a patient, never as a bed. Only the ward\u2019s lead decides it.",
    )

    def __init__(
        self, *args: Any, beds: QuerySet[Bed], may_go_over: bool, needs_bed: bool = True, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.needs_bed, self.may_go_over = needs_bed, may_go_over
        among(self, "bed", beds)
        taken = TAKEN_FOR_A_LEAD if may_go_over else TAKEN_MEANWHILE
        self.fields["bed"].error_messages["invalid_choice"] = taken
        if not may_go_over:
            del self.fields["no_bed_reason"]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        typed.setdefault("no_bed_reason", "")
        if self.needs_bed and "bed" not in self.errors and not self._placed(typed):
            self.add_error("bed", self._no_bed_words())
        if typed.get("bed"):
            typed["no_bed_reason"] = ""
        return typed

    @staticmethod
    def _placed(typed: dict[str, Any]) -> bool:
        return bool(typed.get("bed") or typed["no_bed_reason"].strip())

    def _no_bed_words(self) -> str:
        if self.may_go_over:
            return "Choose a bed, or say why the patient has none."
        return "Choose a bed. Without one, the ward\u2019s lead admits over capacity."


class TransferForm(BedChoiceForm):
    agreed_with = forms.CharField(
        max_length=120,
        required=False,
        label="Who on that ward agreed",
        help_text="Name and post.",
    )


class LeaveForm(forms.Form):
    kind = forms.ChoiceField(
        choices=[("hospital", "To hospital"), ("home", "Elsewhere")],
        widget=forms.RadioSelect,
        label="Where to",
        error_messages=said("Say whether the patient goes to hospital or elsewhere."),
    )
    place = forms.CharField(
        max_length=160, label="Which place", error_messages=said("Say where the patient is.")
    )
    held_by = forms.CharField(
        max_length=160,
        label="Who answers for the patient meanwhile",
        error_messages=said("Say who answers for the patient meanwhile."),
    )
    phone = forms.CharField(
        max_length=30,
        required=False,
        label="Their number",
        widget=forms.TextInput(attrs={"type": "tel", "size": 18}),
    )
    expected_back = MomentField(label="Expected back")
    bed_held = forms.TypedChoiceField(
        choices=[("yes", "Held"), ("no", "Free for somebody else")],
        coerce=lambda typed: typed == "yes",
        widget=forms.RadioSelect,
        label="The bed meanwhile",
        error_messages=said("Say whether the bed is held."),
    )
