"""What the GP is told line by line: medicines that changed, and what follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django import forms

from lib.fields import DayField
from patients.actions.admissions.written import Arranged, Medicine
from patients.models import Discharge, MedicineChange
from rounds.forms.leaving.rows import Rows

_STOPPED: Final = MedicineChange.Change.STOPPED


def medicine_boxes() -> Mapping[str, forms.Field]:
    return {
        "drug": forms.CharField(max_length=160, label="Medicine"),
        "change": forms.ChoiceField(
            choices=[("", "Choose"), *MedicineChange.Change.choices], label="What happened"
        ),
        "dose": forms.CharField(max_length=160, label="Dose now"),
        "why": forms.CharField(max_length=240, label="Why"),
    }


def follow_up_boxes() -> Mapping[str, forms.Field]:
    return {
        "what": forms.CharField(max_length=240, label="What"),
        "by_whom": forms.CharField(max_length=160, label="By whom"),
        "by_when": DayField(label="By when", help_text=""),
    }


def known_medicines(discharge: Discharge | None) -> list[dict[str, Any]]:
    """What was written before the departure was taken back."""
    changes = discharge.changes.all() if discharge else ()
    return [
        {"drug": one.drug, "change": one.change, "dose": one.dose, "why": one.why}
        for one in changes
    ]


def known_follow_ups(discharge: Discharge | None) -> list[dict[str, Any]]:
    arranged = discharge.follow_ups.all() if discharge else ()
    return [{"what": one.what, "by_whom": one.by_whom, "by_when": one.by_when} for one in arranged]


def check_medicines(rows: Rows) -> None:
    for n, typed in rows.typed():
        if not typed["drug"]:
            rows.refuse(n, "drug", "Say which medicine.")
        if not typed["change"]:
            rows.refuse(n, "change", "Say what happened to it.")
        if typed["change"] and typed["change"] != _STOPPED and not typed["dose"]:
            rows.refuse(n, "dose", "Say the dose that is taken now.")
        if not typed["why"]:
            rows.refuse(n, "why", "Say why.")


def check_follow_ups(rows: Rows, left: dt.date | None) -> None:
    for n, typed in rows.typed():
        if not typed["what"]:
            rows.refuse(n, "what", "Say what is to be done.")
        if not typed["by_whom"]:
            rows.refuse(n, "by_whom", "Say who does it.")
        if not typed["by_when"]:
            rows.refuse(n, "by_when", "Say by when.")
        elif left is not None and typed["by_when"] < left:
            rows.refuse(n, "by_when", "That is before the patient leaves.")


def medicines(rows: Rows) -> tuple[Medicine, ...]:
    return tuple(
        Medicine(
            drug=typed["drug"],
            change=typed["change"],
            dose="" if typed["change"] == _STOPPED else typed["dose"],
            why=typed["why"],
        )
        for _, typed in rows.typed()
    )


def arranged(rows: Rows) -> tuple[Arranged, ...]:
    return tuple(Arranged(**typed) for _, typed in rows.typed())
