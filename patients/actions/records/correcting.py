"""Makes an approved correction: who this person is, on the record and for the figures."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError

from accounts.models import User
from patients.actions.locking import lock_records
from patients.actions.people import end_number, follow, give_number
from patients.actions.records.proposing import as_text
from patients.actions.touch import touch_patient
from patients.models import Identifier, Patient, RecordChange


def correct(change: RecordChange, *, by: User, at: dt.datetime) -> None:
    """Part of approving, whose policy and audit row it shares."""
    patient = lock_records({change.patient_id})[change.patient_id]
    wanted = dict(change.wanted)
    old_number_was = wanted.pop("old_number_was", ["", Identifier.Status.WRONG])[1]
    _check_unchanged(patient, wanted)
    if "nhs_number" in wanted:
        _change_number(patient, wanted.pop("nhs_number")[1], old_number_was, at)
    for name, (_, new) in wanted.items():
        setattr(patient, name, dt.date.fromisoformat(new) if name == "born" else new)
    patient.full_clean(exclude=["lives_in", "merged_into"])
    patient.save()
    follow(patient, by=by, at=at)
    touch_patient(patient)


def _check_unchanged(patient: Patient, wanted: dict[str, list[str]]) -> None:
    if any(as_text(getattr(patient, name)) != old for name, (old, _) in wanted.items()):
        raise ValidationError(
            "The record was changed since this was proposed: propose it again.", code="changed"
        )


def _change_number(patient: Patient, number: str, old_was: str, at: dt.datetime) -> None:
    end_number(patient, Identifier.Status(old_was), at)
    if number:
        give_number(patient, number, at=at)
        patient.no_nhs_number_reason = ""
