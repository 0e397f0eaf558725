"""Consent and checks, what callers and visitors must know, the key safe, and safeguarding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils import timezone

from lib.fields import MomentField, said
from patients.actions.home import FOR_SOMEBODY
from patients.models import Check, HomeRecord, Patient

State = HomeRecord.State
Topic = HomeRecord.Topic
Answer = Check.Answer
GIVERS: Final = [one for one in Check.GivenBy.choices if one[0] != Check.GivenBy.NOT_RECORDED]
_CHECKED: Final[Mapping[str, tuple[str, str]]] = {
    Check.Topic.CONSENT: (
        "Does the patient agree to be cared for at home and watched from afar?",
        "Anything to note, or why not",
    ),
    Check.Topic.HOME: (
        "Is the home fit for it?",
        "What was checked (power, signal, water, heating, stairs), or why not",
    ),
    Check.Topic.CARER: (
        "Can whoever cares at home do it, and were they asked?",
        "What was checked, or why not",
    ),
}


class CheckForm(forms.Form):
    """The home or the carer: yes, no with why, or not asked."""

    answer = forms.ChoiceField(
        choices=Answer,
        initial=Answer.NOT_ASKED,
        widget=forms.RadioSelect,
        error_messages=said("Choose an answer."),
    )
    text = forms.CharField(max_length=400, required=False)

    def __init__(self, *args: Any, topic: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topic = topic
        self.fields["answer"].label, self.fields["text"].label = _CHECKED[topic]

    @staticmethod
    def of(check: Check | None) -> dict[str, Any]:
        """As it stands, for the form's `initial`."""
        if check is None:
            return {}
        known = ("answer", "text", "given_by", "given_with", "given_at")
        return {name: getattr(check, name) for name in known}

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("answer") == Answer.NO and not typed.get("text", "").strip():
            self.add_error("text", "Say why not.")
        return typed


class ConsentForm(CheckForm):
    """Who agreed, and when: the patient, or somebody for them."""

    given_by = forms.ChoiceField(
        choices=[("", "Choose who"), *GIVERS], required=False, label="Given by"
    )
    given_with = forms.CharField(
        max_length=200,
        required=False,
        label="Who decided, and with whom",
        help_text="Needed where somebody decided for the patient.",
    )
    given_at = MomentField(required=False, label="When", help_text="Now, if empty.")

    field_order = ("answer", "given_by", "given_with", "given_at", "text")

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if typed.get("answer") == Answer.YES:
            self._check_given(typed)
        return typed

    def _check_given(self, typed: dict[str, Any]) -> None:
        giver, when = typed.get("given_by"), typed.get("given_at")
        if not giver:
            self.add_error("given_by", "Say who gave consent.")
        if giver in FOR_SOMEBODY and not typed.get("given_with", "").strip():
            self.add_error("given_with", "Say who decided, and with whom.")
        if isinstance(when, dt.datetime) and when > timezone.now():
            self.add_error("given_at", "That lies ahead.")


def check_form(topic: str, *args: Any, **kwargs: Any) -> CheckForm:
    kind = ConsentForm if topic == Check.Topic.CONSENT else CheckForm
    return kind(*args, topic=topic, **kwargs)


class HomeForm(forms.Form):
    """None, not asked and recorded told apart, in the words of the topic."""

    topic: str = Topic.ADJUSTMENTS
    states: Mapping[str, str] = {
        State.NOT_ASKED: "Not asked",
        State.NONE: "None needed",
        State.RECORDED: "Needed",
    }
    state = forms.ChoiceField(
        widget=forms.RadioSelect,
        initial=State.NOT_ASKED,
        label="Reasonable adjustments",
        error_messages=said("Choose what is known."),
    )
    text = forms.CharField(max_length=400, required=False, label="What is needed")
    source = forms.CharField(
        max_length=120,
        required=False,
        label="Who said so",
        help_text="You, if empty.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        state = self.fields["state"]
        assert isinstance(state, forms.ChoiceField)
        state.choices = list(self.states.items())

    @classmethod
    def of(cls, record: HomeRecord | None, patient: Patient) -> dict[str, Any]:  # noqa: ARG003  # of the interpreter
        if record is None:
            return {}
        return {name: getattr(record, name) for name in ("state", "text", "source", "marks")}

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        told = typed.get("text", "").strip() or typed.get("marks")
        if typed.get("state") == State.RECORDED and not told:
            self.add_error("text", "Say what is recorded.")
        return typed


class InterpreterForm(HomeForm):
    """With the language, which is asked in one breath."""

    topic = Topic.INTERPRETER
    states: Mapping[str, str] = {
        State.NOT_ASKED: "Not asked",
        State.NONE: "Not needed",
        State.RECORDED: "Needed",
    }
    language = forms.CharField(max_length=60, required=False, label="Language spoken")
    field_order = ("language", "state", "text", "source")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].label = "Interpreter"
        self.fields["text"].label = "Which, and how to book"

    @classmethod
    def of(cls, record: HomeRecord | None, patient: Patient) -> dict[str, Any]:
        return super().of(record, patient) | {"language": patient.language}


class RisksForm(HomeForm):
    """Of a visit: the common ones are ticked, so that a list of visits can tell them."""

    topic = Topic.VISIT_RISKS
    states: Mapping[str, str] = {
        State.NOT_ASKED: "Not asked",
        State.NONE: "None found",
        State.RECORDED: "There are risks",
    }
    marks = forms.MultipleChoiceField(
        choices=HomeRecord.Mark, required=False, widget=forms.CheckboxSelectMultiple, label="Which"
    )
    field_order = ("state", "marks", "text", "source")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].label = "Risks of a visit"
        self.fields["text"].label = "In words"


HOME_FORMS: Final[Mapping[str, type[HomeForm]]] = {
    one.topic: one for one in (InterpreterForm, HomeForm, RisksForm)
}


class _AnswerForm(forms.Form):
    """`waits` offers that nobody has asked yet: while admitting, not to whoever answers."""

    STATES: tuple[tuple[str, str], ...] = ()

    def __init__(self, *args: Any, waits: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not waits:
            state = self.fields["state"]
            assert isinstance(state, forms.ChoiceField)
            state.choices = [one for one in self.STATES if one[0] != State.NOT_ASKED]
            state.initial = None


class KeySafeForm(_AnswerForm):
    """A code that is known already is never put back into the box."""

    STATES = (
        (State.NOT_ASKED, "Not asked"),
        (State.NONE, "There is none"),
        (State.RECORDED, "There is one"),
    )
    state = forms.ChoiceField(
        choices=STATES,
        initial=State.NOT_ASKED,
        widget=forms.RadioSelect,
        label="Key safe",
        error_messages=said("Choose what is known."),
    )
    code = forms.CharField(
        max_length=40,
        required=False,
        label="Code",
        help_text="Hidden afterwards; whoever shows it is written down.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "size": 12}),
    )
    place = forms.CharField(max_length=160, required=False, label="Where it is")

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("state") == State.RECORDED and not typed.get("code", "").strip():
            self.add_error("code", "Enter the code.")
        return typed


class SafeguardingForm(_AnswerForm):
    """A concern, or that somebody asked and found none; what is known already is not shown."""

    STATES = (
        (State.NOT_ASKED, "Not asked"),
        (State.NONE, "Asked: no concern"),
        (State.RECORDED, "A concern"),
    )
    state = forms.ChoiceField(
        choices=STATES,
        initial=State.NOT_ASKED,
        widget=forms.RadioSelect,
        label="Safeguarding",
        help_text="Restricted: read only by those who treat the patient, each time with a reason.",
        error_messages=said("Choose what is known."),
    )
    text = forms.CharField(
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="The concern",
    )
    told_to = forms.CharField(
        max_length=160, required=False, label="Who outside the ward was told, and when"
    )

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("state") == State.RECORDED and not typed.get("text", "").strip():
            self.add_error("text", "Write what the concern is.")
        return typed


class OpenForm(forms.Form):
    """Why somebody opens the restricted record."""

    REASONS = (
        "Planning or making a visit",
        "A new concern",
        "Review or handover of this patient",
        "Asked by the local authority or the police",
    )
    why = forms.ChoiceField(
        choices=[*zip(REASONS, REASONS, strict=True), ("other", "Something else, in words")],
        error_messages=said("Choose why."),
        widget=forms.RadioSelect,
        label="Why do you open it?",
    )
    words = forms.CharField(max_length=200, required=False, label="In words")

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("why") == "other" and not typed.get("words", "").strip():
            self.add_error("words", "Say why you open it.")
        return typed

    @property
    def reason(self) -> str:
        typed = self.cleaned_data
        why = "" if typed["why"] == "other" else typed["why"]
        return ": ".join(filter(None, (why, typed["words"].strip())))


class EndForm(forms.Form):
    why = forms.CharField(
        max_length=200,
        label="Why it no longer holds",
        error_messages=said("Say why it no longer holds."),
    )
