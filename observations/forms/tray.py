"""What is asked about readings without a patient: whose they are, or why nobody's."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import QuerySet

from observations.forms.kit import AdmissionField
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
        field = self.fields["admission"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = admissions

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        wanting = "admission" not in self.errors and not given.get("admission")
        if given.get("decision") == GIVE and wanting:
            self.add_error("admission", "Choose whose they are.")
        return given
