"""Why a draft is published, and which senior agreed where it loosens; the same for a patient who
moves to another version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from lib.fields import among
from patients.forms.care import reason_field
from patients.forms.fields import SeniorField
from patients.models import PathwayVersion


class PublishForm(forms.Form):
    """Nobody's agreement is asked for where nothing is loosened."""

    reason = reason_field("Why this is changed")
    agreed_by = SeniorField(
        required=False,
        label="Agreed by",
        empty_label="Nobody yet",
        help_text="The senior decision-maker who read what is loosened, and agreed.",
    )

    def __init__(
        self, *args: Any, seniors: QuerySet[User], needs_senior: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        among(self, "agreed_by", seniors)
        if not needs_senior:
            del self.fields["agreed_by"]


class VersionField(forms.ModelChoiceField[PathwayVersion]):
    def label_from_instance(self, obj: PathwayVersion) -> str:
        whose = "the default, version" if obj.ward_id is None else "this ward\u2019s version"
        return f"{obj.pathway}: {whose} {obj.number}"


class MoveForm(PublishForm):
    """Which of the ward's versions the patient goes on with."""

    version = VersionField(
        PathwayVersion.objects.none(),
        label="Goes on with",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": "Choose a version.",
            "invalid_choice": "Choose one that the ward offers.",
        },
    )

    field_order = ("version", "reason", "agreed_by")

    def __init__(self, *args: Any, versions: QuerySet[PathwayVersion], **kwargs: Any) -> None:
        super().__init__(*args, needs_senior=True, **kwargs)
        among(self, "version", versions)
        self.fields["reason"].label = "Why for this patient"
        self.fields["agreed_by"].help_text = "Needed where anything is looser than now."
