"""What is still open, and what becomes of each: closed with an outcome, or handed over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from django import forms
from django.forms import BoundField

from observations.models import Alert
from rounds.actions.leaving import Closing, Closings
from rounds.models import Task

DONE: Final = "done"
HANDED: Final = "handed"
FATES: Final = ((DONE, "Done, or needed no more"), (HANDED, "Handed over"))


class TaskFields(NamedTuple):
    """An open task, and what is asked of it."""

    task: Task
    fate: BoundField
    told: BoundField


class OpenThings:
    """Adds two boxes for the open alert and two for each open task."""

    def __init__(self, form: forms.Form, *, tasks: Sequence[Task], alert: Alert | None) -> None:
        self._form, self._tasks, self._alert = form, tasks, alert
        if alert is not None:
            form.fields["alert_outcome"] = forms.ChoiceField(
                choices=[("", "Choose"), *Alert.Outcome.choices],
                required=False,
                label="What came of the open alert",
            )
            form.fields["alert_note"] = forms.CharField(
                max_length=400, required=False, label="Note on the alert"
            )
        for task in tasks:
            self._ask(task)

    def _ask(self, task: Task) -> None:
        self._form.fields[f"fate_{task.pk}"] = forms.ChoiceField(
            choices=FATES, widget=forms.RadioSelect, required=False, label=task.text
        )
        self._form.fields[f"told_{task.pk}"] = forms.CharField(
            max_length=160, required=False, label="Outcome, or to whom"
        )

    def bound(self) -> list[TaskFields]:
        form = self._form
        return [TaskFields(t, form[f"fate_{t.pk}"], form[f"told_{t.pk}"]) for t in self._tasks]

    def check(self) -> None:
        typed, refuse = self._form.cleaned_data, self._form.add_error
        if self._alert is not None and not typed.get("alert_outcome"):
            refuse("alert_outcome", "Say what came of the alert.")
        for task in self._tasks:
            if not typed.get(f"fate_{task.pk}"):
                refuse(f"fate_{task.pk}", "Say whether it is done or handed over.")
            elif not typed.get(f"told_{task.pk}", "").strip():
                refuse(f"told_{task.pk}", "Say what came of it, or to whom it goes.")

    def closings(self) -> Closings:
        typed = self._form.cleaned_data
        return Closings(
            alert_outcome=typed.get("alert_outcome") or Alert.Outcome.PATIENT_LEFT,
            alert_note=typed.get("alert_note", ""),
            tasks={task.pk: self._closing(task, typed) for task in self._tasks},
        )

    @staticmethod
    def _closing(task: Task, typed: dict[str, Any]) -> Closing:
        told = typed[f"told_{task.pk}"].strip()
        handed = typed[f"fate_{task.pk}"] == HANDED
        return Closing(handed_to=told) if handed else Closing(outcome=told)
