"""What is asked about the home while admitting: each part is a form that stands alone elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms

from patients.forms.home import (
    HOME_FORMS,
    CheckForm,
    HomeForm,
    KeySafeForm,
    SafeguardingForm,
    check_form,
)
from patients.models import Check, HomeRecord, Patient

State = HomeRecord.State
_WAITS = ("", State.NOT_ASKED.value)


class AtHome:
    """Nothing of it is needed to admit: what nobody has asked stands as such afterwards."""

    def __init__(self, data: Mapping[str, Any] | None, *, patient: Patient) -> None:
        self.checks: dict[str, CheckForm] = {
            topic: check_form(topic, data, prefix=topic) for topic in Check.Topic.values
        }
        known = {one.topic: one for one in patient.home_records.current()}
        self.asked: dict[str, HomeForm] = {
            topic: form(data, prefix=topic, initial=form.of(known.get(topic), patient))
            for topic, form in HOME_FORMS.items()
        }
        self.key_safe = KeySafeForm(data, prefix="key_safe", waits=True)
        self.safeguarding = SafeguardingForm(data, prefix="safeguarding", waits=True)
        self._known, self._patient = known, patient
        for part in self.parts:
            for name in {"answer", "state"} & set(part.fields):
                part.fields[name].required = False

    @property
    def parts(self) -> list[forms.Form]:
        return [*self.checks.values(), *self.asked.values(), self.key_safe, self.safeguarding]

    @property
    def errors(self) -> dict[str, Any]:
        return {
            part.add_prefix(name): errors
            for part in self.parts
            for name, errors in part.errors.items()
        }

    def as_known(self) -> dict[str, Any]:
        """For `rounds.actions.stays.Known`."""
        return {
            "checks": list(self._answered()),
            "home": list(self._told()),
            "language": self._language(),
            "key_safe": self._safe(),
            "safeguarding": self._concern(),
        }

    def _answered(self) -> Iterator[dict[str, Any]]:
        for topic, form in self.checks.items():
            if form.cleaned_data["answer"] not in _WAITS:
                yield {"topic": topic, **form.cleaned_data}

    def _told(self) -> Iterator[dict[str, Any]]:
        """What stands already is not written again: it keeps its date and source."""
        for topic, form in self.asked.items():
            typed = {name: value for name, value in form.cleaned_data.items() if name != "language"}
            was = form.of(self._known.get(topic), self._patient)
            same = all(was.get(name) == value for name, value in typed.items())
            if typed["state"] not in _WAITS and not same:
                yield {"topic": topic, **typed}

    def _language(self) -> str | None:
        """An empty box changes nothing: nobody unlearns a language."""
        typed: str = self.asked[HomeRecord.Topic.INTERPRETER].cleaned_data["language"]
        return typed or None

    def _safe(self) -> dict[str, Any] | None:
        typed = self.key_safe.cleaned_data
        if typed["state"] in _WAITS:
            return None
        there = typed["state"] == State.RECORDED
        return {"code": typed["code"] if there else "", "place": typed["place"] if there else ""}

    def _concern(self) -> dict[str, Any] | None:
        typed = self.safeguarding.cleaned_data
        if typed["state"] in _WAITS:
            return None
        said = {name: typed[name] for name in ("text", "told_to")}
        return {"none": typed["state"] == State.NONE, **said}
