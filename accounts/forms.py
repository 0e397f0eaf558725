"""What an administrator types: a new colleague, a role; and what an auditor asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.policies import ADMINISTRATORS, AnyUser, can_grant, reach
from accounts.roles import SCOPES_OF, Role, Scope


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
        error_messages={"invalid": "Enter a date such as 31/01/2027"},
    )

    def __init__(self, *args: Any, by: AnyUser, to: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.to = to
        self._offer_only_own_places()
        for name, field in self.fields.items():
            label = str(field.label or name)
            field.error_messages["required"] = f"Enter {label[0].lower()}{label[1:]}"

    def _offer_only_own_places(self) -> None:
        own = reach(self.by, ADMINISTRATORS)
        offered = {
            Scope.WARD: own.england or own.providers,
            Scope.PROVIDER: own.england or own.providers,
            Scope.ICB: own.england or own.icbs,
            Scope.ENGLAND: own.england,
        }
        choices = [(scope.value, scope.label) for scope in Scope if offered[scope]]
        self.fields["scope"] = forms.ChoiceField(choices=choices, label="Where it holds")

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if {"role", "scope", "code"} <= typed.keys():
            self._check_place(Role(typed["role"]), Scope(typed["scope"]), typed["code"])
        return typed

    def _check_place(self, role: Role, scope: Scope, code: str) -> None:
        if self.to is not None and self.to.pk == self.by.pk:
            self.add_error(None, "You cannot give yourself a role: ask another administrator.")
        elif scope not in SCOPES_OF[role]:
            self.add_error("scope", f"{role.label} cannot be given for: {scope.label}.")
        elif not can_grant(self.by, to=self.to, role=role, scope=scope, code=code):
            self.add_error("code", "Enter the code of your organisation or of one of its wards.")

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
    person = forms.CharField(required=False, label="Person", help_text="Username or e-mail.")
    subject_kind = forms.CharField(required=False, label="Kind", help_text="Such as admission.")
    subject_id = forms.CharField(
        required=False, label="Its id", help_text="As its address shows it."
    )
    days = forms.IntegerField(
        required=False, min_value=1, max_value=366, label="Days back", help_text="7 if empty."
    )
