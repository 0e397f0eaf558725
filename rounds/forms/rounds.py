"""Starting and ending a round, and why somebody was not reviewed on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from lib.fields import said
from rounds.models import Round

_WHY = "Why not reviewed"
_WRONG = said("Say why the patient is not reviewed.")


class StartForm(forms.Form):
    shift = forms.ChoiceField(
        choices=Round.Shift,
        widget=forms.RadioSelect,
        label="Which round",
        error_messages=said("Choose which round it is."),
    )


class ExcuseForm(forms.Form):
    reason = forms.CharField(max_length=200, label=_WHY, error_messages=_WRONG)


class EndForm(forms.Form):
    """A reason for each who is neither reviewed nor excused."""

    def __init__(self, *args: Any, waiting: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._names = {f"why-{pk}": pk for pk, _ in waiting}
        for pk, name in waiting:
            self.fields[f"why-{pk}"] = forms.CharField(
                max_length=200, label=f"Why {name} is not reviewed", error_messages=_WRONG
            )

    @property
    def reasons(self) -> dict[UUID, str]:
        return {pk: self.cleaned_data[name] for name, pk in self._names.items()}
