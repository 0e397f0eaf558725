"""A review as a clinician writes it down, with what follows from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from accounts.models import User
from lib.fields import DayField, MomentField, said
from patients.models import ExpectedDischarge
from rounds.actions.reviews import Decided, NewTask, Written
from rounds.colleagues import Colleague
from rounds.forms.tasks import KINDS
from rounds.models import Review, Task

# The letter that chooses, outside boxes: kind, how seen, course.
KEYS: Final[Mapping[str, str]] = {
    "nurse": "n",
    "senior": "s",
    "mdt": "m",
    "desk": "d",
    "phone": "p",
    "video": "v",
    "visit": "h",
    "improving": "1",
    "steady": "2",
    "worse": "3",
}
_TASKS: Final = 3
_SOON: Final = dt.timedelta(hours=2)
# What a draft keeps: all that a hand has typed or chosen.
_NOT_TYPED: Final = frozenset({"token", "known", "version"})


class RadioSelect(forms.RadioSelect):
    """Each choice with the letter that chooses it; templates know it by its plain name."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        key = KEYS.get(str(value))
        if key:
            option["attrs"]["data-key"] = key
            option["label"] = _with_key(option["label"], key)
        return option


def _with_key(label: str, key: str) -> SafeString:
    return format_html('{} <kbd aria-hidden="true">{}</kbd>', capfirst(label), key)


def _chosen(label: str, choices: Any, wrong: str, *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        choices=choices,
        widget=RadioSelect,
        label=label,
        required=required,
        error_messages=said(wrong),
    )


def _text(label: str, rows: int, **attrs: str) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows, **attrs})
    return forms.CharField(required=False, label=label, widget=area, max_length=8000)


class PersonField(forms.TypedChoiceField):
    """A colleague by name and post, or nobody; who is offered, the form says: read once for all
    of its fields."""

    def __init__(self, *, label: str, nobody: str) -> None:
        self.nobody = nobody
        super().__init__(label=label, required=False, empty_value=None, choices=[("", nobody)])


def _among(form: forms.Form, name: str, people: Sequence[User]) -> None:
    field, by_pk = form.fields[name], {str(one.pk): one for one in people}
    assert isinstance(field, PersonField)
    field.choices = [("", field.nobody), *((pk, one.signature) for pk, one in by_pk.items())]
    field.coerce = by_pk.__getitem__


class WrittenForm(forms.Form):
    """What a review says; with the form's own token, so that sent twice it is written once."""

    course = _chosen("Course", Review.Course, "Choose the course.", required=False)
    seen = _chosen(
        "How seen",
        [
            (seen.value, seen.label)
            for seen in map(Review.Seen, ("desk", "phone", "video", "visit"))
        ],
        "Choose how the patient was seen.",
    )
    findings = _text("What I found", 3, **{"data-key": "r"})
    plan = _text("What I decided", 3)
    kind = _chosen("Whose review", Review.Kind, "Choose whose review it is.")
    discussed_with = forms.CharField(max_length=160, required=False, label="Discussed with")
    token = forms.UUIDField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if not any(str(typed.get(name, "")).strip() for name in ("course", "findings", "plan")):
            self.add_error("findings", "Say how the patient is, or what you found or decided.")
        return typed

    @property
    def written(self) -> Written:
        names = ("kind", "seen", "course", "findings", "plan", "discussed_with")
        return Written(**{name: self.cleaned_data[name] for name in names})


class ReviewForm(WrittenForm):
    """With what follows from it: the expected day, tasks, a question to a senior."""

    expected = DayField(label="Expected to leave", required=False, help_text="")
    expected_reason = forms.CharField(max_length=200, required=False, label="Why the day changes")
    cause = forms.ChoiceField(
        choices=[("", "It is within it"), *ExpectedDischarge.Cause.choices],
        required=False,
        label="Beyond the pathway’s limit, for",
    )
    ask = PersonField(label="Ask a senior", nobody="Nobody")
    question = forms.CharField(max_length=240, required=False, label="The question")
    known = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, people: Sequence[Colleague] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _among(self, "ask", [one.user for one in people if one.senior])
        self.tasks = [
            TaskLineForm(
                self.data if self.is_bound else None,
                prefix=f"task-{n}",
                initial=_of_task(self.initial, n),
                people=people,
            )
            for n in range(_TASKS)
        ]

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(line.is_valid() for line in self.tasks)])

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if typed.get("ask") and not typed.get("question", "").strip():
            self.add_error("question", "Say what you ask.")
        if typed.get("question", "").strip() and not typed.get("ask") and "ask" in typed:
            self.add_error("ask", "Choose whom you ask.")
        return typed

    @property
    def decided(self) -> Decided:
        given = self.cleaned_data
        return Decided(
            expected=given["expected"],
            expected_reason=given["expected_reason"],
            cause=given["cause"],
            tasks=tuple(line.task for line in self.tasks if line.is_wanted),
            ask=given["ask"],
            question=given["question"].strip(),
        )

    most_tasks = _TASKS

    @property
    def has_tasks(self) -> bool:
        return any(line.is_shown for line in self.tasks)

    @property
    def shown_tasks(self) -> list[TaskLineForm]:
        """One to begin with; the script adds others, and those with words stay."""
        return [self.tasks[0], *(line for line in self.tasks[1:] if line.is_shown)]

    @property
    def asks(self) -> bool:
        return bool(self["ask"].value() or self["question"].value())

    def typed(self) -> dict[str, str]:
        """As it stands in the boxes, whether or not it is a review yet."""
        names = [name for name in self.fields if name not in _NOT_TYPED]
        names += [line.add_prefix(name) for line in self.tasks for name in (*line.fields, *_DUE)]
        return {name: self.data[name] for name in names if self.data.get(name, "").strip()}


_DUE: Final = ("due_at_0", "due_at_1")


class TaskLineForm(forms.Form):
    """One of a few below a review: nothing is asked of a line without words."""

    text = forms.CharField(max_length=240, label="What is to be done")
    kind = forms.ChoiceField(choices=KINDS, label="Kind")
    due_at = MomentField(label="By when", help_text="")
    assigned_to = PersonField(label="Who", nobody="Anybody of the ward")

    def __init__(self, *args: Any, people: Sequence[Colleague], **kwargs: Any) -> None:
        optional = {"empty_permitted": True, "use_required_attribute": False}
        super().__init__(*args, **kwargs | optional)
        _among(self, "assigned_to", [one.user for one in people])

    def has_changed(self) -> bool:
        return self.is_wanted

    @property
    def is_shown(self) -> bool:
        """Whether anything stands in it."""
        return self.is_wanted or bool(self.initial.get("text"))

    @property
    def is_wanted(self) -> bool:
        return bool(self.data.get(self.add_prefix("text"), "").strip())

    @property
    def task(self) -> NewTask:
        return NewTask(**self.cleaned_data)


def _of_task(typed: Mapping[str, Any], n: int) -> dict[str, Any]:
    """The line's own part of a draft; without one, a call within two hours."""
    start = f"task-{n}-"
    kept = {name.removeprefix(start): typed[name] for name in typed if name.startswith(start)}
    due = [kept.pop(name, "") for name in _DUE]
    soon = typed.get("now")
    first = {"kind": Task.Kind.PHONE, "due_at": soon + _SOON if soon else None}
    return first | kept | ({"due_at": due} if any(due) else {})


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        max_length=200,
        label="How it came here",
        help_text="For example: written in the window of the patient before.",
        error_messages=said("Say how the review came to this patient."),
    )
    token = forms.UUIDField(widget=forms.HiddenInput)


class CorrectionForm(WrittenForm):
    reason = forms.CharField(
        max_length=200,
        label="What was wrong",
        error_messages=said("Say what was wrong with the review."),
    )
