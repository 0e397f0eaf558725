"""What is asked about readings that are not this patient's, or are wrong: which, and whose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from lib import london
from lib.fields import MomentField, among
from observations.forms.kit import AdmissionField
from observations.runs import Run
from patients.models import Admission
from patients.presenters.words import counted

MOVE: Final = "move"
_MINUTE: Final = dt.timedelta(minutes=1)


class CorrectReadingsForm(forms.Form):
    """A run of one device's readings; its minutes are typed, so the last one counts whole."""

    device = forms.TypedChoiceField(
        label="Which readings?",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what measured them."},
    )
    first = MomentField(label="The first was measured at")
    last = MomentField(label="The last was measured at")
    decision = forms.ChoiceField(
        label="What is wrong with them?",
        choices=[
            (MOVE, "They are another patient’s"),
            ("strike", "They are wrong: strike them through"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is wrong with them."},
    )
    to = AdmissionField(
        Admission.objects.none(),
        label="Whose are they?",
        required=False,
        empty_label="Choose a patient",
        help_text="Only where they are another patient’s.",
        error_messages={"invalid_choice": "Choose one of these patients."},
    )
    reason = forms.CharField(
        label="How do you know?",
        max_length=200,
        help_text="For example “Her husband wore the oximeter on Sunday”.",
        error_messages={"required": "Say how you know."},
    )

    def __init__(
        self, data: Any = None, *, runs: Sequence[Run], others: QuerySet[Admission]
    ) -> None:
        super().__init__(data)
        device = self.fields["device"]
        assert isinstance(device, forms.ChoiceField)
        now = timezone.now()
        device.choices = [(str(run.device_id), _told(run, now)) for run in runs]
        among(self, "to", others)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last, to = given.get("first"), given.get("last"), given.get("to")
        if first and last and last < first:
            self.add_error("last", "The last comes after the first.")
        if last:
            given["last"] = last + _MINUTE - dt.timedelta(microseconds=1)
        if given.get("decision") == MOVE and "to" not in self.errors:
            self._check_to(first, to)
        return given

    def _check_to(self, first: dt.datetime | None, to: Admission | None) -> None:
        if to is None:
            self.add_error("to", "Choose whose they are.")
        elif first is not None and first < to.admitted_at.replace(second=0, microsecond=0):
            self.add_error("to", "This patient came after the first was measured.")


def _told(run: Run, now: dt.datetime) -> str:
    """OX-2117: 54 readings, Mon 16:41 to 07:58"""
    first, last = (london.near_moment(at, now) for at in (run.first_at, run.last_at))
    span = first if first == last else f"{first} to {last}"
    return f"{run.serial}: {counted(run.many, 'reading', 'readings')}, {span}"
