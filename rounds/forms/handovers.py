"""Handing a ward over: what is typed about each patient, and who takes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.forms import BoundField

from accounts.models import User
from lib.fields import MomentField, said
from rounds.actions.handover_notes import LONGEST_TEXT, Typed, typed_of
from rounds.actions.handovers import Outside
from rounds.handover.prepared import Person

HERE: Final = "here"
OUTSIDE: Final = "outside"
_WHERE: Final = [(HERE, "Somebody of this service"), (OUTSIDE, "Somebody outside it")]


def _text(label: str, rows: int) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(required=False, label=label, widget=area, max_length=LONGEST_TEXT)


class PersonForm(forms.Form):
    """What is typed about one patient; `version` is the note's that its writer saw."""

    recommendation = _text("What to do", 2)
    escalate = _text("Escalate when, to whom", 1)
    agreed = forms.BooleanField(required=False, label="Agreed with the patient or carer")
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    @property
    def typed(self) -> Typed:
        given = self.cleaned_data
        return Typed(given["recommendation"], given["escalate"], given["agreed"])


def person_form(person: Person, data: Any = None) -> PersonForm:
    """With the first box of each reached by the key r."""
    typed = typed_of(person.note)
    version = person.note.version if person.note else 0
    form = PersonForm(data, prefix=str(person.pk), initial={**typed._asdict(), "version": version})
    form.fields["recommendation"].widget.attrs["data-key"] = "r"
    return form


class ReceiverForm(forms.Form):
    """Who takes the ward, until when."""

    where = forms.ChoiceField(
        choices=_WHERE,
        widget=forms.RadioSelect,
        initial=HERE,
        label="Who takes over",
        error_messages=said("Choose who takes over."),
    )
    to = forms.TypedChoiceField(required=False, label="Colleague", empty_value=None)
    until = MomentField(label="Until", help_text="They hold the ward until then.")
    name = forms.CharField(required=False, max_length=120, label="Name")
    organisation = forms.CharField(required=False, max_length=120, label="Organisation")
    phone = forms.CharField(required=False, max_length=30, label="Phone")
    how = forms.CharField(
        required=False, max_length=160, label="How they accepted", initial="by phone, read back"
    )
    accepted_at = MomentField(required=False, label="When they accepted", help_text="")

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_pk = {str(one.pk): one for one in people}
        field = self.fields["to"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [("", "Choose"), *((pk, one.signature) for pk, one in by_pk.items())]
        field.coerce = by_pk.__getitem__

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("where") == HERE and "to" in typed and typed["to"] is None:
            self.add_error("to", "Choose who takes over.")
        if typed.get("where") == OUTSIDE:
            self._need(typed, "name", "Enter who accepted.")
            self._need(typed, "organisation", "Enter their organisation.")
            self._need(typed, "phone", "Enter the number they are called on.")
            self._need(typed, "how", "Say how they accepted.")
            self._need(typed, "accepted_at", "Enter when they accepted.")
        return typed

    def _need(self, typed: dict[str, Any], name: str, words: str) -> None:
        if name not in self.errors and not typed.get(name):
            self.add_error(name, words)

    @property
    def outside(self) -> Outside | None:
        given = self.cleaned_data
        if given["where"] == HERE:
            return None
        names = ("name", "organisation", "phone", "how", "accepted_at")
        return Outside(**{name: given[name] for name in names})

    @property
    def outside_boxes(self) -> list[BoundField]:
        return [self[name] for name in ("name", "organisation", "phone", "how", "accepted_at")]


class AcceptForm(forms.Form):
    phone = forms.CharField(required=False, max_length=30, label="Call me on")
    remark = forms.CharField(required=False, max_length=400, label="Question or remark")


class DeclineForm(forms.Form):
    reason = forms.CharField(
        max_length=400, label="Why not", error_messages=said("Say why, so that the giver knows.")
    )


class TakeForm(forms.Form):
    until = MomentField(label="Until", help_text="")
    phone = forms.CharField(required=False, max_length=30, label="Call me on")


def person_forms(people: Iterable[Person], data: Any = None) -> dict[UUID, PersonForm]:
    return {person.pk: person_form(person, data) for person in people}
