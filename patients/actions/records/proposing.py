"""Proposing that a record be corrected, joined with another or taken apart; nothing changes yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from patients import nhs_numbers
from patients.actions.people import check_born, check_number_or_reason
from patients.actions.records.checks import (
    check_can_join,
    check_can_take_apart,
    check_nothing_waits,
)
from patients.models import Identifier, Patient, RecordChange
from patients.policies import check_can_keep_record

Kind = RecordChange.Kind
NAMING: Final = ("family_name", "given_name", "born", "sex", "nhs_number", "no_nhs_number_reason")
"""What a correction may change: who this is. All else the ward's clinicians change themselves."""


@transaction.atomic
def propose_correction(
    *,
    patient: Patient,
    wanted: Mapping[str, Any],
    reason: str,
    by: User,
    old_number_was: str = Identifier.Status.WRONG,
    at: dt.datetime | None = None,
) -> RecordChange:
    """`wanted`: {field of NAMING: value}; what is the same already is left out.

    A number that goes stays on record, as `wrong` from the start or as `superseded`.
    """
    check_can_keep_record(by, patient)
    at = at or timezone.now()
    patient = _locked(patient)
    changes = _changes(patient, wanted)
    if not changes:
        raise ValidationError("Nothing of this differs from what is recorded.", code="same")
    _check_correct(patient, changes, at)
    if "nhs_number" in changes:
        _check_status(old_number_was)
        changes["old_number_was"] = ["", old_number_was]
    return _propose(Kind.CORRECTION, patient, None, reason, by, at, wanted=changes)


def _changes(patient: Patient, wanted: Mapping[str, Any]) -> dict[str, list[str]]:
    if unknown := set(wanted) - set(NAMING):
        raise TypeError(f"no correction of {', '.join(sorted(unknown))}")
    before = {name: as_text(getattr(patient, name)) for name in wanted}
    after = {name: as_text(value) for name, value in wanted.items()}
    after |= {"nhs_number": nhs_numbers.plain(after["nhs_number"])} if "nhs_number" in after else {}
    return {name: [before[name], after[name]] for name in wanted if before[name] != after[name]}


def as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value).strip()


def _check_correct(patient: Patient, changes: Mapping[str, list[str]], at: dt.datetime) -> None:
    for name in ("family_name", "given_name"):
        if name in changes and not changes[name][1]:
            raise ValidationError("Enter the name.", code=name)
    if "born" in changes:
        check_born(dt.date.fromisoformat(changes["born"][1]), at, died_at=patient.died_at)
    number = changes.get("nhs_number", ["", patient.nhs_number])[1]
    reason = changes.get("no_nhs_number_reason", ["", patient.no_nhs_number_reason])[1]
    check_number_or_reason(number, reason)
    if "nhs_number" in changes and number:
        nhs_numbers.check(number)
        _check_free(number, patient)


def _check_free(number: str, patient: Patient) -> None:
    others = Identifier.objects.current().nhs_numbers().filter(value=number)
    if others.exclude(patient=patient).exists():
        raise ValidationError(
            "Another record has this NHS number: propose to join the two.", code="number_of_another"
        )


def _check_status(status: str) -> None:
    if status not in (Identifier.Status.WRONG, Identifier.Status.SUPERSEDED):
        raise ValidationError("The old number was superseded, or wrong.", code="status")


@transaction.atomic
def propose_merge(
    *, kept: Patient, other: Patient, reason: str, by: User, at: dt.datetime | None = None
) -> RecordChange:
    """All that is of `other` shall be of `kept`, whose name, date and number stand."""
    check_can_keep_record(by, kept, other)
    kept, other = _locked(kept), _locked(other)
    check_can_join(kept, other)
    return _propose(Kind.MERGE, kept, other, reason, by, at or timezone.now())


@transaction.atomic
def propose_unmerge(
    *, merge: RecordChange, reason: str, by: User, at: dt.datetime | None = None
) -> RecordChange:
    assert merge.other is not None
    check_can_keep_record(by, merge.patient, merge.other)
    check_can_take_apart(merge)
    at = at or timezone.now()
    return _propose(Kind.UNMERGE, merge.patient, merge.other, reason, by, at, merge=merge)


def _locked(patient: Patient) -> Patient:
    return Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)


def _propose(
    kind: RecordChange.Kind,
    patient: Patient,
    other: Patient | None,
    reason: str,
    by: User,
    at: dt.datetime,
    **more: Any,
) -> RecordChange:
    """The same asked twice by one person is asked once: a form sent twice makes nothing twice."""
    if not reason.strip():
        raise ValidationError("Say why.", code="reason")
    same = RecordChange.objects.open().filter(
        kind=kind, patient=patient, other=other, reason=reason.strip(), proposed_by=by
    )
    if (known := same.first()) is not None:
        return known
    check_nothing_waits(*filter(None, (patient, other)))
    change = RecordChange.objects.create(
        kind=kind,
        patient=patient,
        other=other,
        reason=reason.strip(),
        proposed_by=by,
        proposed_at=at,
        **more,
    )
    detail = {"kind": str(kind), "patient": str(patient.pk)}
    audit.record(by=by, verb="record-change-proposed", subject=change, detail=detail, at=at)
    return change
