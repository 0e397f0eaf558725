"""What a ward asks its patients when they leave, in the words of its lead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from rounds.actions.experience import MOST_QUESTIONS, Asked
from rounds.forms.leaving.rows import Row, Rows
from rounds.models import Question, Questionnaire


def _boxes() -> Mapping[str, forms.Field]:
    return {
        "text": forms.CharField(max_length=160, label="Question"),
        "answered": forms.ChoiceField(
            choices=Question.Answered.choices, label="How it is answered", initial="choice"
        ),
    }


class QuestionsForm(forms.Form):
    """A line emptied is a question asked no more."""

    def __init__(self, *args: Any, now: Questionnaire | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = now.questions.all() if now else ()
        known = [{"text": one.text, "answered": one.answered} for one in asked]
        self._rows = Rows(self, "question", _boxes, known=known)

    def lines(self) -> list[Row]:
        return self._rows.bound()

    @property
    def count(self) -> str:
        return self._rows.hidden

    @property
    def asks_for_more(self) -> bool:
        return self._rows.asks_for_more

    def full_clean(self) -> None:
        if self.asks_for_more:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()

    def is_valid(self) -> bool:
        return not self.asks_for_more and super().is_valid()

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if not 0 < len(self.asked()) <= MOST_QUESTIONS:
            raise forms.ValidationError(f"Ask 1 to {MOST_QUESTIONS} questions.")
        return typed

    def asked(self) -> list[Asked]:
        lines = (values for _, values in self._rows.typed() if values["text"])
        return [Asked(line["text"], line["answered"] or Question.Answered.CHOICE) for line in lines]
