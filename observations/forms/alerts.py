"""What is asked about an alert: what was done, who takes it, what came of it."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from lib.fields import among
from observations.actions.concerns import MOST_LETTERS
from observations.models import Alert

# As much as an alert's event keeps; beside the name of whom it went to, less.
_KEPT: Final = 400
_BESIDE_A_NAME: Final = 250
# Set by leaving the ward, never chosen by hand.
_BY_HAND = [
    (value, label.capitalize())
    for value, label in Alert.Outcome.choices
    if value != Alert.Outcome.PATIENT_LEFT
]


class Words(forms.CharField):
    """A sentence or two, typed in a box that shows them whole."""

    def __init__(self, *, label: str, wrong: str, required: bool = True, most: int = _KEPT) -> None:
        super().__init__(
            label=label,
            max_length=most,
            required=required,
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"required": wrong},
        )


class ActForm(forms.Form):
    text = Words(label="What did you do?", wrong="Write what you did.")


class EscalateForm(forms.Form):
    to = forms.ChoiceField(
        label="Whom did you call?",
        choices=[
            ("999", "999, ambulance"),
            ("Urgent community response", "Urgent community response"),
            ("Senior on call", "Senior on call"),
            ("GP", "GP"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whom you called."},
    )
    text = Words(label="What was agreed?", wrong="Write what was agreed.", most=_BESIDE_A_NAME)


class ClosingForm(forms.Form):
    outcome = forms.ChoiceField(
        label="What came of it?",
        choices=_BY_HAND,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what came of it."},
    )
    note = Words(label="Note", wrong="", required=False)


class _Colleagues(forms.ModelChoiceField[User]):
    def label_from_instance(self, obj: User) -> str:
        return obj.signature


class HandOnForm(forms.Form):
    to = _Colleagues(
        User.objects.none(),
        label="Who takes it?",
        error_messages={"required": "Choose who takes it."},
    )
    text = Words(label="What should they know?", wrong="", required=False, most=_BESIDE_A_NAME)

    def __init__(self, data: Any = None, *, colleagues: QuerySet[User]) -> None:
        super().__init__(data)
        among(self, "to", colleagues)


class ConcernForm(forms.Form):
    text = Words(
        label="What is the carer worried about?",
        wrong="Write what the carer said.",
        most=MOST_LETTERS,
    )
