"""Leaving: where to, what the GP is told, and what becomes of everything that is still open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils import timezone

from capacity.models.stays import Destination
from lib import london
from lib.fields import DayField, MomentField, said
from observations.models import Alert
from patients.actions.admissions.written import OUTCOMES, Written
from patients.models import Admission, Discharge
from rounds.actions.leaving import AT_ONCE, Closing, Closings
from rounds.forms.leaving import lists
from rounds.forms.leaving.asked import Asking
from rounds.forms.leaving.closing import OpenThings, TaskFields
from rounds.forms.leaving.rows import Row, Rows
from rounds.models import Questionnaire, Task

# Hospital says so by itself; a hospice, too, may be for who needs more than care at home.
_NOT_ASKED: Final = frozenset(OUTCOMES.values()) - {Discharge.Outcome.WORSE}


def _words(label: str, help_text: str = "", **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(required=False, label=label, help_text=help_text, widget=widget, **more)


def _choice(choices: Any, label: str) -> forms.ChoiceField:
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, required=False, label=label)


class DischargeForm(forms.Form):
    """Where death or an emergency transfer is chosen, one outcome answers all that is open.

    `more` in what was sent asks for empty rows: then nothing is judged, and all typed comes back.
    """

    destination = forms.ChoiceField(
        choices=Destination,
        widget=forms.RadioSelect,
        label="Where to",
        error_messages=said("Say where the patient goes."),
    )
    left_at = MomentField(label="When")
    one_outcome = _words(
        "What happened",
        "For death, hospital and entered in error: one answer for all that was open.",
        max_length=200,
    )
    capacity = _choice(Discharge.Capacity, "Could the patient decide to leave?")
    advice_given = _words(
        "What the patient was advised", "What may come of leaving now, and whom to call."
    )
    outcome = _choice(
        [one for one in Discharge.Outcome.choices if one[0] not in _NOT_ASKED],
        "What came of the stay",
    )
    note = _words("Course at home")
    medicines = _choice(Discharge.Known, "Were medicines changed?")
    medicine_changes = _words("What else the GP should know about medicines")
    follow_up_known = _choice(Discharge.Known, "Is follow-up needed?")
    follow_up = _words("What else about follow-up")
    safety_net_advice = _words(
        "When to call, and whom", "Told to the patient and whoever cares for them."
    )
    kit_back = _choice(Discharge.KitBack, "How it comes back")
    kit_due = DayField(required=False, label="By when")

    def __init__(
        self,
        *args: Any,
        admission: Admission,
        tasks: Sequence[Task],
        alert: Alert | None,
        has_kit: bool = False,
        questionnaire: Questionnaire | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.admission = admission
        written = Discharge.objects.filter(admission=admission).first()
        self._initial_from(written)
        self._medicines = Rows(
            self, "medicine", lists.medicine_boxes, known=lists.known_medicines(written)
        )
        self._follow_ups = Rows(
            self, "follow", lists.follow_up_boxes, known=lists.known_follow_ups(written)
        )
        self._open = OpenThings(self, tasks=tasks, alert=alert)
        self._asking = Asking(self, questionnaire)
        if not has_kit:
            del self.fields["kit_back"], self.fields["kit_due"]

    def _initial_from(self, written: Discharge | None) -> None:
        """A departure that was taken back is not typed again."""
        if written is None:
            return
        told = self.admission
        written_before = {
            "note": told.discharge_note,
            "medicines": written.medicines,
            "medicine_changes": told.medicine_changes,
            "follow_up_known": written.follow_up,
            "follow_up": told.follow_up,
            "safety_net_advice": told.safety_net_advice,
        }
        self.initial = {**self.initial, **written_before}

    # What the page draws

    def open_tasks(self) -> list[TaskFields]:
        return self._open.bound()

    def medicine_lines(self) -> list[Row]:
        return self._medicines.bound()

    def follow_up_lines(self) -> list[Row]:
        return self._follow_ups.bound()

    def questions(self) -> list[forms.BoundField]:
        return self._asking.bound()

    @property
    def row_counts(self) -> list[str]:
        return [self._medicines.hidden, self._follow_ups.hidden]

    # What was typed

    @property
    def asks_for_more(self) -> bool:
        return self._medicines.asks_for_more or self._follow_ups.asks_for_more

    def full_clean(self) -> None:
        if self.asks_for_more:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()

    def is_valid(self) -> bool:
        return not self.asks_for_more and super().is_valid()

    def clean_left_at(self) -> dt.datetime:
        left_at: dt.datetime = self.cleaned_data["left_at"]
        if left_at > timezone.now():
            raise ValidationError("That time lies ahead.")
        if left_at < self.admission.admitted_at.replace(second=0, microsecond=0):
            came = london.long_moment(self.admission.admitted_at)
            raise ValidationError(f"That is before the patient came: {came}.")
        return max(left_at, self.admission.admitted_at)

    @property
    def destination_typed(self) -> str:
        return str(self.cleaned_data.get("destination", ""))

    @property
    def at_once(self) -> bool:
        return self.destination_typed in AT_ONCE

    @property
    def goes_on(self) -> bool:
        """There is somebody to be followed up."""
        return self.destination_typed not in (Destination.DIED, Destination.ENTERED_IN_ERROR)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if self.at_once:
            self._check_one_outcome(typed)
        elif "destination" in typed:
            self._check_each(typed)
        if self.goes_on:
            self._check_lists(typed)
        return typed

    def _check_one_outcome(self, typed: dict[str, Any]) -> None:
        if not typed.get("one_outcome", "").strip():
            self.add_error("one_outcome", "Say what happened: it answers all that was open.")

    def _check_each(self, typed: dict[str, Any]) -> None:
        self._open.check()
        self._asking.check()
        if not typed.get("medicines"):
            self.add_error("medicines", "Say whether medicines were changed.")
        if not typed.get("follow_up_known"):
            self.add_error("follow_up_known", "Say whether follow-up is needed.")
        if self.destination_typed == Destination.SELF_DISCHARGED:
            self._check_against_advice(typed)
        elif not typed.get("outcome"):
            self.add_error("outcome", "Say what came of the stay.")
        if "kit_back" in self.fields:
            self._check_kit(typed)

    def _check_against_advice(self, typed: dict[str, Any]) -> None:
        if not typed.get("capacity"):
            self.add_error("capacity", "Say whether the patient could decide this.")
        if not typed.get("advice_given", "").strip():
            self.add_error("advice_given", "Say what the patient was advised.")

    def _check_kit(self, typed: dict[str, Any]) -> None:
        if not typed.get("kit_back"):
            self.add_error("kit_back", "Say how the kit comes back.")
        if typed.get("kit_due") is None and "kit_due" not in self.errors:
            self.add_error("kit_due", "Say by when it is wanted.")

    def _check_lists(self, typed: dict[str, Any]) -> None:
        left_at = typed.get("left_at")
        left = london.day_of(left_at) if left_at else None
        lists.check_medicines(self._medicines)
        lists.check_follow_ups(self._follow_ups, left)
        self._check_listed("medicines", typed.get("medicines"), self._medicines)
        self._check_listed("follow_up_known", typed.get("follow_up_known"), self._follow_ups)
        due = typed.get("kit_due")
        if due is not None and left is not None and due < left:
            self.add_error("kit_due", "That is before the patient leaves.")

    def _check_listed(self, field: str, known: str | None, rows: Rows) -> None:
        """The word and the list agree, whatever the destination."""
        listed = any(True for _ in rows.typed())
        if known == Discharge.Known.LISTED and not listed:
            self.add_error(field, "List them below, or choose another answer.")
        elif listed and known != Discharge.Known.LISTED and field not in self.errors:
            self.add_error(field, "Something is listed: choose \u201cyes\u201d.")

    def as_arguments(self) -> dict[str, Any]:
        """For `discharge_with_open`."""
        names = (
            *("destination", "left_at", "note", "medicine_changes", "follow_up"),
            "safety_net_advice",
        )
        told = {name: self.cleaned_data[name] for name in names}
        return told | {
            "closings": self._closings(),
            "written": self._written(),
            "experience": self._asking.told(),
        }

    def _closings(self) -> Closings:
        if not self.at_once:
            return self._open.closings()
        told = self.cleaned_data["one_outcome"].strip()
        return Closings(alert_note=told, all_tasks=Closing(outcome=told))

    def _written(self) -> Written:
        typed = self.cleaned_data
        if not self.goes_on:
            return Written()
        not_asked = Discharge.Known.NOT_ASKED
        kit = typed.get("kit_back") and typed.get("kit_due")
        return Written(
            outcome=typed["outcome"],
            medicines=typed["medicines"] or not_asked,
            changes=lists.medicines(self._medicines),
            follow_up=typed["follow_up_known"] or not_asked,
            arranged=lists.arranged(self._follow_ups),
            capacity=typed["capacity"],
            advice_given=typed["advice_given"],
            kit_back=typed["kit_back"] if kit else "",
            kit_due=typed["kit_due"] if kit else None,
        )
