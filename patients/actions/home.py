"""Consent and checks, what a caller or visitor must know, and the way in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from patients.actions.touch import touch, touch_patient
from patients.models import Admission, Check, HomeRecord, KeySafe, Patient
from patients.policies import (
    check_can_change_care,
    check_can_change_patient,
    check_can_see_home,
)

FOR_SOMEBODY: Final = frozenset(
    {Check.GivenBy.PARENT, Check.GivenBy.ATTORNEY, Check.GivenBy.BEST_INTERESTS}
)
"""Who decides for a patient is named."""


@transaction.atomic
def record_check(
    *,
    admission: Admission,
    topic: str,
    answer: str,
    by: User,
    text: str = "",
    given_by: str = "",
    given_with: str = "",
    given_at: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> Check:
    """The answer before it is superseded and stays.

    `given_by`, `given_with` and `given_at` (default now) are of a consent that was given. Raises
    ValidationError with the code `text`, `given_by`, `given_with` or `given_at`.
    """
    check_can_change_care(by, admission, at=at)
    at = at or timezone.now()
    said = {"answer": answer, "text": text.strip()}
    said |= {"given_by": "", "given_with": ""}
    when = None
    if topic == Check.Topic.CONSENT and answer == Check.Answer.YES:
        when = given_at or at
        said |= {"given_by": given_by, "given_with": given_with.strip()}
        _check_given(given_by, given_with, when, at)
    if answer == Check.Answer.NO and not said["text"]:
        raise ValidationError("Say why not.", code="text")
    Admission.objects.select_for_update(no_key=True).get(pk=admission.pk)
    standing = admission.checks.current().filter(topic=topic)
    same = standing.filter(**said).first()
    if same is not None and (given_at is None or same.given_at == when):
        return same
    standing.update(superseded_at=at)
    check = Check.objects.create(
        admission=admission,
        topic=Check.Topic(topic),
        **said,
        given_at=when,
        recorded_at=at,
        recorded_by=by,
    )
    detail = {"topic": str(topic), "answer": str(answer)}
    audit.record(by=by, verb="check-recorded", subject=admission, detail=detail, at=at)
    touch(admission)
    return check


def _check_given(given_by: str, given_with: str, when: dt.datetime, at: dt.datetime) -> None:
    if given_by not in Check.GivenBy.values or given_by == Check.GivenBy.NOT_RECORDED:
        raise ValidationError("Say who gave consent.", code="given_by")
    if given_by in FOR_SOMEBODY and not given_with.strip():
        raise ValidationError("Say who decided, and with whom.", code="given_with")
    if when > at:
        raise ValidationError("That lies ahead.", code="given_at")


@transaction.atomic
def record_home(
    *,
    patient: Patient,
    topic: str,
    state: str,
    by: User,
    text: str = "",
    source: str = "",
    marks: Collection[str] = (),
    at: dt.datetime | None = None,
) -> HomeRecord:
    """Interpreter, adjustments or risks of a visit; the record before it is superseded.

    Risks that are only marked are told in the marks' own words. Without a source it is whoever
    writes it down who asked.
    """
    check_can_change_patient(by, patient, at=at)
    at = at or timezone.now()
    said = _said(topic, state, text, marks)
    if state == HomeRecord.State.RECORDED and not said["text"]:
        raise ValidationError("Say what is recorded.", code="text")
    asked = state != HomeRecord.State.NOT_ASKED
    said["source"] = source.strip() or (f"asked by {by.short_name}" if asked else "")
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    standing = patient.home_records.current().filter(topic=topic)
    same = standing.filter(**said).first()
    if same is not None:
        return same
    standing.update(superseded_at=at)
    record = HomeRecord.objects.create(
        patient=patient,
        topic=HomeRecord.Topic(topic),
        **said,
        recorded_at=at,
        recorded_by=by,
    )
    detail = {"topic": str(topic), "state": str(state)}
    audit.record(by=by, verb="home-recorded", subject=patient, detail=detail, at=at)
    touch_patient(patient)
    return record


def _said(topic: str, state: str, text: str, marks: Collection[str]) -> dict[str, object]:
    if state != HomeRecord.State.RECORDED:
        return {"state": state, "text": "", "marks": []}
    of_risks = topic == HomeRecord.Topic.VISIT_RISKS
    kept = [mark for mark in HomeRecord.Mark if mark in marks] if of_risks else []
    told = text.strip() or ", ".join(str(mark.label) for mark in kept)
    return {"state": state, "text": told, "marks": [str(mark) for mark in kept]}


@transaction.atomic
def set_key_safe(
    *, patient: Patient, code: str, by: User, place: str = "", at: dt.datetime | None = None
) -> KeySafe:
    """An empty code says that there is none. The audit tells that it changed, never the code."""
    check_can_change_patient(by, patient, at=at)
    at = at or timezone.now()
    code, place = code.strip(), place.strip() if code.strip() else ""
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    standing = patient.key_safes.current()
    same = standing.filter(code=code, place=place).first()
    if same is not None:
        return same
    standing.update(superseded_at=at)
    safe = KeySafe.objects.create(
        patient=patient,
        there=bool(code),
        code=code,
        place=place,
        recorded_at=at,
        recorded_by=by,
    )
    detail = {"there": bool(code)}
    audit.record(by=by, verb="key-safe-set", subject=patient, detail=detail, at=at)
    touch_patient(patient)
    return safe


@transaction.atomic
def show_key_safe(
    *, admission: Admission, by: User, at: dt.datetime | None = None
) -> KeySafe | None:
    """The code, for whoever treats the patient now; that they saw it is written down first."""
    check_can_see_home(by, admission, at=at)
    safe = admission.patient.key_safes.current().filter(there=True).first()
    if safe is not None:
        audit.record(by=by, verb="key-safe-shown", subject=admission.patient, at=at)
    return safe
