"""A review, and a task, as a clinician writes them down."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from patients.forms.fields import MomentField, SeniorField, among, said
from rounds.models import Review, Task


class ReviewForm(forms.Form):
    kind = forms.ChoiceField(
        choices=Review.Kind,
        widget=forms.RadioSelect,
        label="Whose review",
        error_messages=said("Choose whose review it is."),
    )
    seen = forms.ChoiceField(
        choices=Review.Seen,
        widget=forms.RadioSelect,
        label="How seen",
        error_messages=said("Choose how the patient was seen."),
    )
    findings = forms.CharField(
        required=False, label="What I found", widget=forms.Textarea(attrs={"rows": 4})
    )
    plan = forms.CharField(
        required=False, label="What I decided", widget=forms.Textarea(attrs={"rows": 4})
    )
    discussed_with = forms.CharField(max_length=160, required=False, label="Discussed with")

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        said_nothing = not (typed.get("findings", "").strip() or typed.get("plan", "").strip())
        if said_nothing:
            self.add_error("findings", "Say what you found or decided.")
        return typed


class TaskForm(forms.Form):
    kind = forms.ChoiceField(
        choices=Task.Kind,
        widget=forms.RadioSelect,
        label="Kind",
        error_messages=said("Choose the kind."),
    )
    text = forms.CharField(
        max_length=240, label="What is to be done", error_messages=said("Say what is to be done.")
    )
    due_at = MomentField(label="By when")
    assigned_to = SeniorField(required=False, label="Who", empty_label="Anybody of the ward")

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        among(self, "assigned_to", people)


class OutcomeForm(forms.Form):
    outcome = forms.CharField(
        max_length=240, label="What came of it", error_messages=said("Say what came of it.")
    )
