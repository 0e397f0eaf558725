"""What must be known before somebody rings a patient's bell.

Visit risks and the key-safe are told here, in one place, by whoever keeps them; no code ever is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from patients.models import Patient


class VisitNote(NamedTuple):
    """`risks` in words; `reveal_url` opens the key-safe, which writes down who looked."""

    risks: str = ""
    reveal_url: str = ""


def notes_of(patients: Iterable[Patient]) -> dict[UUID, VisitNote]:
    """By patient; whoever is not in it has none written down."""
    return {
        patient.pk: VisitNote(risks=patient.adjustments)
        for patient in patients
        if patient.adjustments
    }
