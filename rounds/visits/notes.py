"""What must be known before somebody rings a patient's bell, whoever keeps it.

The day's only way to it: risks, interpreter and the way in are told here. A key-safe's code never
is; `home_url` leads to where it is shown on asking, and who asked is written down.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from patients.models import Admission, Patient
from patients.presenters.words import address


class VisitNote(NamedTuple):
    """In words, each empty where nothing is to be said."""

    risks: str = ""
    interpreter: str = ""
    adjustments: str = ""
    home_url: str = ""


def notes_of(admissions: Iterable[Admission]) -> dict[UUID, VisitNote]:
    """By admission."""
    return {one.pk: _note(one) for one in admissions}


def _note(admission: Admission) -> VisitNote:
    patient = admission.patient
    return VisitNote(
        interpreter=_interpreter(patient),
        adjustments=patient.adjustments,
        home_url=address("patients:home-detail", admission.pk),
    )


def _interpreter(patient: Patient) -> str:
    """Polish, interpreter needed"""
    if patient.interpreter_needed:
        return f"{patient.language}, interpreter needed"
    return "" if patient.language == "English" else patient.language
