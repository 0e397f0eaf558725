"""What is asked about readings without a patient: whose they are, or why nobody's."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import QuerySet

from capacity.models import Ward
from observations.forms.kit import AdmissionField
from patients.forms.fields import among
from patients.models import Admission

GIVE: Final = "give"


class DecideForm(forms.Form):
    """`rows` are the ids of what was shown: nothing that came since is decided."""

    decision = forms.ChoiceField(
        label="What are they?",
        choices=[(GIVE, "A patient’s"), ("dismiss", "Nobody’s: dismiss them")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whose they are, or dismiss them."},
    )
    admission = AdmissionField(
        Admission.objects.none(),
        label="Whose?",
        required=False,
        empty_label="Choose a patient",
        error_messages={"invalid_choice": "Choose one of these patients."},
    )
    reason = forms.CharField(
        label="How do you know?",
        max_length=200,
        help_text="For example “Phoned: she measured with her neighbour’s kit”.",
        error_messages={"required": "Say how you know."},
    )

    def __init__(self, data: Any = None, *, admissions: QuerySet[Admission]) -> None:
        super().__init__(data)
        among(self, "admission", admissions)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        wanting = "admission" not in self.errors and not given.get("admission")
        if given.get("decision") == GIVE and wanting:
            self.add_error("admission", "Choose whose they are.")
        return given


class WardField(forms.ModelChoiceField[Ward]):
    def label_from_instance(self, obj: Ward) -> str:
        return f"{obj.name}, {obj.lead_provider}"


class RowsField(forms.CharField):
    """Ids of what was shown, as the page wrote them."""

    def to_python(self, value: Any) -> Any:
        told = str(value or "").split(",")
        if not all(one.isascii() and one.isdigit() and len(one) < 19 for one in told):
            raise forms.ValidationError("Look at the page again.")
        return [int(one) for one in told]


class PlaceForm(forms.Form):
    """Which ward's clinicians shall look at readings that no ward can see."""

    rows = RowsField(widget=forms.HiddenInput)
    ward = WardField(
        Ward.objects.none(),
        label="Whose clinicians shall look?",
        empty_label="Choose a ward",
        error_messages={"required": "Choose a ward.", "invalid_choice": "Choose one of these."},
    )
    reason = forms.CharField(
        label="Why this ward?",
        max_length=200,
        error_messages={"required": "Say why this ward."},
    )

    def __init__(self, data: Any = None, *, wards: QuerySet[Ward]) -> None:
        super().__init__(data, auto_id="id_%s")
        among(self, "ward", wards.select_related("lead_provider"))
        self.has_wards = wards.exists()
