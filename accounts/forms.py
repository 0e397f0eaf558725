"""What an administrator types: a new colleague, a role; and what an auditor asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.policies import AnyUser, can_grant
from accounts.roles import Role, Scope


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices, label="Role")
    scope = forms.ChoiceField(choices=Scope.choices, label="Where it holds")
    code = forms.CharField(
        max_length=60,
        required=False,
        label="Code",
        help_text="The ward's code, such as RT5-soar-valley, or the organisation's ODS code.",
    )
    senior_decision_maker = forms.BooleanField(
        required=False,
        label="Senior decision-maker",
        help_text="May loosen thresholds and decide on scale 2, comfort mode and long pauses.",
    )
    ends = forms.DateField(
        required=False,
        label="First day without it",
        help_text="For example 31/01/2027. Leave empty if it has no end.",
    )

    def __init__(self, *args: Any, by: AnyUser, to: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.to = to

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if {"role", "scope"} <= typed.keys() and not self._allowed(typed):
            raise ValidationError(
                "You can give this role only in your own organisations and to other people."
            )
        return typed

    def _allowed(self, typed: dict[str, Any]) -> bool:
        return can_grant(
            self.by, to=self.to, role=typed["role"], scope=typed["scope"], code=typed["code"]
        )

    def role_as_arguments(self) -> dict[str, Any]:
        names = ("role", "scope", "code", "senior_decision_maker", "ends")
        return {name: self.cleaned_data[name] for name in names}


class InvitationForm(RoleForm):
    email = forms.EmailField(label="Work e-mail address")
    first_name = forms.CharField(max_length=150, label="First name")
    last_name = forms.CharField(max_length=150, label="Family name")
    profession = forms.CharField(
        max_length=80,
        required=False,
        label="Profession or post",
        help_text="As colleagues would say it: community matron.",
    )
    registration_number = forms.CharField(
        max_length=40, required=False, label="Registration", help_text="Such as NMC 12A3456C."
    )
    field_order = ("email", "first_name", "last_name", "profession", "registration_number")

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if email == getattr(self.by, "email", "").lower():
            raise ValidationError("That is your own address.")
        return email

    def person_as_arguments(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.field_order}


class AuditFilterForm(forms.Form):
    person = forms.CharField(required=False, label="Username or e-mail")
    subject_kind = forms.CharField(required=False, label="Kind", help_text="Such as admission.")
    subject_id = forms.CharField(required=False, label="Its id")
    days = forms.IntegerField(
        required=False, min_value=1, max_value=366, label="Days back", help_text="7 if empty."
    )
