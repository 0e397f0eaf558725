"""Says that what a board shows of an admission is no longer what it was."""

from __future__ import annotations

from django.db.models import F

from patients.models import Admission, Patient


def touch(admission: Admission) -> None:
    """Called by every change; the board's version counts it."""
    Admission.objects.filter(pk=admission.pk).update(board_version=F("board_version") + 1)


def touch_patient(patient: Patient) -> None:
    """The same for whichever admission of theirs is open."""
    Admission.objects.current().filter(patient=patient).update(board_version=F("board_version") + 1)
