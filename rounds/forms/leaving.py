"""Leaving: where to, and what becomes of everything that is still open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils import timezone

from capacity.models.stays import Destination
from observations.models import Alert
from patients.forms.fields import MomentField, said
from rounds.actions.leaving import AT_ONCE, Closing, Closings
from rounds.models import Task

DONE: Final = "done"
HANDED: Final = "handed"
FATES: Final = ((DONE, "Done, or needed no more"), (HANDED, "Handed over"))


class TaskFields(NamedTuple):
    """An open task, and what is asked of it."""

    task: Task
    fate: BoundField
    told: BoundField


class DischargeForm(forms.Form):
    """Where death or an emergency transfer is chosen, one outcome answers all that is open."""

    destination = forms.ChoiceField(
        choices=Destination,
        widget=forms.RadioSelect,
        label="Where to",
        error_messages=said("Say where the patient goes."),
    )
    left_at = MomentField(label="When")
    one_outcome = forms.CharField(
        max_length=200,
        required=False,
        label="What happened",
        help_text="For death, hospital and entered in error: one answer for all that was open.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    alert_outcome = forms.ChoiceField(
        choices=[("", "Choose"), *Alert.Outcome.choices],
        required=False,
        label="What came of the open alert",
    )
    alert_note = forms.CharField(max_length=400, required=False, label="Note on the alert")
    note = forms.CharField(
        required=False, label="Course at home", widget=forms.Textarea(attrs={"rows": 3})
    )
    medicine_changes = forms.CharField(
        required=False, label="Changes of medicines", widget=forms.Textarea(attrs={"rows": 3})
    )
    follow_up = forms.CharField(
        required=False,
        label="Follow-up, by whom and when",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    safety_net_advice = forms.CharField(
        required=False,
        label="When to call, and whom",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Told to the patient and whoever cares for them.",
    )

    def __init__(
        self, *args: Any, tasks: Sequence[Task], alert: Alert | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.tasks, self.alert = tasks, alert
        if alert is None:
            del self.fields["alert_outcome"], self.fields["alert_note"]
        for task in tasks:
            self._ask(task)

    def _ask(self, task: Task) -> None:
        self.fields[f"fate_{task.pk}"] = forms.ChoiceField(
            choices=FATES, widget=forms.RadioSelect, required=False, label=task.text
        )
        self.fields[f"told_{task.pk}"] = forms.CharField(
            max_length=160, required=False, label="Outcome, or to whom"
        )

    def open_tasks(self) -> list[TaskFields]:
        return [TaskFields(t, self[f"fate_{t.pk}"], self[f"told_{t.pk}"]) for t in self.tasks]

    def clean_left_at(self) -> dt.datetime:
        left_at: dt.datetime = self.cleaned_data["left_at"]
        if left_at > timezone.now():
            raise ValidationError("That time lies ahead.")
        return left_at

    @property
    def at_once(self) -> bool:
        return self.cleaned_data.get("destination") in AT_ONCE

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if self.at_once:
            self._check_one_outcome(typed)
        elif "destination" in typed:
            self._check_each(typed)
        return typed

    def _check_one_outcome(self, typed: dict[str, Any]) -> None:
        if not typed.get("one_outcome", "").strip():
            self.add_error("one_outcome", "Say what happened: it answers all that was open.")

    def _check_each(self, typed: dict[str, Any]) -> None:
        if self.alert is not None and not typed.get("alert_outcome"):
            self.add_error("alert_outcome", "Say what came of the alert.")
        for task in self.tasks:
            if not typed.get(f"fate_{task.pk}"):
                self.add_error(f"fate_{task.pk}", "Say whether it is done or handed over.")
            elif not typed.get(f"told_{task.pk}", "").strip():
                self.add_error(f"told_{task.pk}", "Say what came of it, or to whom it goes.")

    def as_arguments(self) -> dict[str, Any]:
        """For `discharge_with_open`."""
        names = (
            *("destination", "left_at", "note", "medicine_changes", "follow_up"),
            "safety_net_advice",
        )
        return {n: self.cleaned_data[n] for n in names} | {"closings": self._closings()}

    def _closings(self) -> Closings:
        typed = self.cleaned_data
        if self.at_once:
            told = typed["one_outcome"].strip()
            return Closings(alert_note=told, all_tasks=Closing(outcome=told))
        return Closings(
            alert_outcome=typed.get("alert_outcome") or Alert.Outcome.PATIENT_LEFT,
            alert_note=typed.get("alert_note", ""),
            tasks={task.pk: self._closing(task) for task in self.tasks},
        )

    def _closing(self, task: Task) -> Closing:
        told = self.cleaned_data[f"told_{task.pk}"].strip()
        handed = self.cleaned_data[f"fate_{task.pk}"] == HANDED
        return Closing(handed_to=told) if handed else Closing(outcome=told)


class TakeBackForm(forms.Form):
    """A departure that was entered in error."""

    reason = forms.CharField(
        max_length=200, label="Why it was an error", error_messages=said("Say why.")
    )
