"""Contacts, and what must be known first."""

from __future__ import annotations

from typing import Any

from django import forms

from lib.fields import said
from patients.models import Contact, SafetyRecord


class ContactForm(forms.ModelForm[Contact]):
    class Meta:
        model = Contact
        fields = (
            "name",
            "relationship",
            "phone",
            "language",
            "is_carer",
            "call_first",
            "first_at_night",
            "also_nights",
            "must_not_be_told",
            "note",
        )
        labels = {
            "is_carer": "Cares for the patient",
            "call_first": "First to call by day",
            "first_at_night": "First to call at night",
            "also_nights": "May be called at night",
            "must_not_be_told": "Must not be told anything",
        }
        widgets = {"phone": forms.TextInput(attrs={"type": "tel", "size": 18})}
        error_messages = {
            "name": {"required": "Enter the name."},
            "relationship": {"required": "Say who they are to the patient."},
        }

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        called = any(typed.get(one) for one in ("call_first", "first_at_night", "also_nights"))
        if called and typed.get("must_not_be_told"):
            self.add_error("must_not_be_told", "Somebody who must not be told cannot be called.")
        return typed


class SafetyForm(forms.Form):
    state = forms.ChoiceField(
        choices=SafetyRecord.State,
        widget=forms.RadioSelect,
        label="What is known",
        error_messages=said("Choose what is known."),
    )
    text = forms.CharField(
        max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3}), label="In words"
    )
    source = forms.CharField(
        max_length=120,
        required=False,
        label="Source",
        help_text="Who said so, or which record: patient, GP record, ReSPECT form.",
    )

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        state = typed.get("state")
        if state == SafetyRecord.State.RECORDED and not typed.get("text", "").strip():
            self.add_error("text", "Say what is recorded.")
        asked = state in (SafetyRecord.State.RECORDED, SafetyRecord.State.NONE)
        if asked and not typed.get("source", "").strip():
            self.add_error("source", "Say who said so, or which record.")
        return typed
