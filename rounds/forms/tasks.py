"""A task as it is set, changed, shared out and ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.text import capfirst

from accounts.models import User
from lib.fields import MomentField, among, said
from patients.forms.fields import SeniorField
from rounds.forms.fields import Whole
from rounds.models import Task

# What people set; the others the service sets by itself.
KINDS: Final = [(one.value, one.label) for one in Task.Kind if one != Task.Kind.LEAVE]
_ENDINGS: Final = [
    (one.value, capfirst(one.label))
    for one in map(Task.Ending, ("done", "nobody_home", "refused", "cancelled"))
]
_ANYBODY: Final = "Anybody of the ward"


class PersonForm(forms.Form):
    """Who does it: somebody who treats on the ward, or anybody of it."""

    assigned_to = SeniorField(
        required=False,
        label="Who",
        empty_label=_ANYBODY,
        error_messages={"invalid_choice": "Choose somebody who treats on this ward today."},
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        among(self, "assigned_to", people)


class TaskForm(PersonForm):
    kind = forms.ChoiceField(
        choices=KINDS,
        widget=forms.RadioSelect,
        label="Kind",
        error_messages=said("Choose the kind."),
    )
    text = forms.CharField(
        max_length=240, label="What is to be done", error_messages=said("Say what is to be done.")
    )
    due_at = MomentField(label="By when")
    doses = Whole(required=False, label="How many times", help_text="Empty for once.")
    every_hours = Whole(
        required=False, label="Hours between", help_text="24 is the same time every day."
    )
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    field_order = ("kind", "text", "due_at", "assigned_to", "doses", "every_hours", "token")

    @property
    def is_course(self) -> bool:
        """Then it stands open: what was typed, or is wrong, is not to be looked for."""
        names = ("doses", "every_hours")
        return any(self[name].value() or self[name].errors for name in names)

    def as_arguments(self) -> Mapping[str, Any]:
        given = dict(self.cleaned_data)
        return given | {"doses": 1 if given["doses"] is None else given["doses"]}


class ChangeForm(PersonForm):
    """Another time needs a reason, another person does not."""

    due_at = MomentField(label="By when")
    reason = forms.CharField(max_length=200, required=False, label="Why the time changes")

    field_order = ("due_at", "reason", "assigned_to")


class ShareForm(PersonForm):
    """Several tasks of a ward to one person; which, the ticks beside them say."""

    task = forms.ModelMultipleChoiceField(
        Task.objects.none(), error_messages=said("Tick the tasks first.")
    )

    def __init__(self, *args: Any, tasks: QuerySet[Task], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["task"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = tasks
        field.error_messages["invalid_choice"] = "One of these is no task of this ward any more."


class EndForm(forms.Form):
    """Done, or why not; only what is cancelled needs words."""

    ending = forms.ChoiceField(
        choices=_ENDINGS,
        widget=forms.RadioSelect,
        label="What came of it",
        error_messages=said("Say what came of it."),
    )
    outcome = forms.CharField(max_length=240, required=False, label="In words")
    chase = forms.BooleanField(
        required=False, label="The result is to be chased by noon of the day after"
    )

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if task.kind != Task.Kind.BLOODS:
            del self.fields["chase"]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("ending") == Task.Ending.CANCELLED and not typed.get("outcome", "").strip():
            self.add_error("outcome", "Say why it is not needed.")
        return typed
