"""What is asked about readings without a patient: whose they are, or why nobody's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.db.models import QuerySet

from capacity.models import Ward
from lib.fields import among
from observations.forms.kit import AdmissionField
from patients.models import Admission

GIVE: Final = "give"
DISMISS: Final = "dismiss"


class DecideForm(forms.Form):
    """`rows` are the ids of what was shown: nothing that came since is decided."""

    decision = forms.ChoiceField(
        label="What are they?",
        choices=[(GIVE, "A patient’s"), (DISMISS, "Nobody’s: dismiss them")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whose they are, or dismiss them."},
    )
    admission = AdmissionField(
        Admission.objects.none(),
        label="Whose?",
        required=False,
        empty_label="Choose a patient",
        help_text="Only where they are a patient’s.",
        error_messages={"invalid_choice": "Choose one of these patients."},
    )
    reason = forms.CharField(
        label="How do you know?",
        max_length=200,
        help_text="For example “Phoned: she measured with her neighbour’s kit”.",
        error_messages={"required": "Say how you know."},
    )

    def __init__(
        self, data: Any = None, *, admissions: QuerySet[Admission], likely: Mapping[UUID, str]
    ) -> None:
        """`likely` are those whose they may be, and why each."""
        super().__init__(data)
        among(self, "admission", admissions)
        field = self.fields["admission"]
        assert isinstance(field, AdmissionField)
        if likely:
            field.choices = [("", field.empty_label), *_grouped(field, admissions, likely)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        chosen, decision = given.get("admission"), given.get("decision")
        if decision == GIVE and not chosen and "admission" not in self.errors:
            self.add_error("admission", "Choose whose they are.")
        if decision == DISMISS and chosen:
            self.add_error("admission", "Either dismiss them, or choose “A patient’s” above.")
        return given


def _grouped(
    field: AdmissionField, admissions: Iterable[Admission], likely: Mapping[UUID, str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Whose they may be apart from the ward's other patients."""
    near: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for one in admissions:
        label, role = field.label_from_instance(one), likely.get(one.pk, "")
        words = f"{label}, {role}" if role else label
        (near if one.pk in likely else others).append((str(one.pk), words))
    groups = [("May be", near), ("The ward’s other patients", others)]
    return [group for group in groups if group[1]]


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
