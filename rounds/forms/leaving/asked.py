"""The ward's questions about the care at home, asked of the patient or a carer."""

from __future__ import annotations

from typing import Final

from django import forms
from django.forms import BoundField

from rounds.actions.experience import Told
from rounds.models import Answer, Experience, Question, Questionnaire

_PASSED_OVER: Final = [("", "no answer")]


class Asking:
    """Adds `experience`, `told_by` and a field for each question to a form."""

    def __init__(self, form: forms.Form, questionnaire: Questionnaire | None) -> None:
        self._form = form
        self.questions = list(questionnaire.questions.all()) if questionnaire else []
        self._version = questionnaire.pk if questionnaire else None
        form.fields["questionnaire"] = forms.IntegerField(
            required=False, widget=forms.HiddenInput, initial=self._version
        )
        form.fields["experience"] = forms.ChoiceField(
            choices=Experience.State if self.questions else Experience.State.choices[1:],
            widget=forms.RadioSelect,
            label="Was the patient asked how it was?",
            required=False,
        )
        form.fields["told_by"] = forms.ChoiceField(
            choices=Experience.Who, widget=forms.RadioSelect, label="Who answered", required=False
        )
        for question in self.questions:
            form.fields[_name(question)] = _field(question)

    def bound(self) -> list[BoundField]:
        return [self._form[_name(question)] for question in self.questions]

    @property
    def answers(self) -> dict[int, str]:
        typed = self._form.cleaned_data
        told = {question.pk: typed.get(_name(question), "") for question in self.questions}
        return {pk: answer for pk, answer in told.items() if answer}

    def check(self) -> None:
        """Who is not asked, or declines, has given no answers."""
        typed = self._form.cleaned_data
        state = typed.get("experience")
        if not state:
            self._form.add_error("experience", "Say whether the patient was asked.")
        elif state == Experience.State.ANSWERED and not typed.get("told_by"):
            self._form.add_error("told_by", "Say who answered.")
        elif state != Experience.State.ANSWERED and self.answers:
            self._form.add_error("experience", "There are answers below: say that they were given.")

    def told(self) -> Told:
        typed = self._form.cleaned_data
        if typed.get("experience") != Experience.State.ANSWERED:
            return Told(state=typed.get("experience") or Experience.State.NOT_ASKED)
        return Told(
            state=Experience.State.ANSWERED,
            told_by=typed["told_by"],
            questionnaire=self._version,
            answers=self.answers,
        )


def _name(question: Question) -> str:
    return f"answer_{question.pk}"


def _field(question: Question) -> forms.Field:
    if question.answered == Question.Answered.WORDS:
        return forms.CharField(
            required=False, label=question.text, widget=forms.Textarea(attrs={"rows": 2})
        )
    return forms.ChoiceField(
        choices=[*Answer.Choice.choices, *_PASSED_OVER],
        widget=forms.RadioSelect,
        required=False,
        label=question.text,
    )
