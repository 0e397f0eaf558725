"""Patients, the numbers that name them, who stands beside them, and what must be known first."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.actions.persons import follow_person, say_home
from capacity.models import IntegratedCareBoard
from lib import london
from lib.locks import locked
from patients import nhs_numbers
from patients.actions.locking import lock_records
from patients.actions.touch import touch_patient
from patients.models import Contact, Identifier, Patient, SafetyRecord
from patients.policies import can_refer_somewhere, check_can_change_patient
from patients.pseudonym import person_key_of

Topic = SafetyRecord.Topic
State = SafetyRecord.State
# The oldest person whose age was proved lived 122 years.
OLDEST = 125

MORE = frozenset(
    {
        "title",
        "ethnicity_group",
        "deprivation_decile",
        "language",
        "phone",
        "address",
        "postcode",
        "home_icb",
        "lives_in",
        "lives_with",
    }
)
"""What else `register_patient` and `change_patient` take, under the model's names."""


@transaction.atomic
def register_patient(
    *,
    family_name: str,
    given_name: str,
    born: dt.date,
    sex: str,
    by: User,
    nhs_number: str = "",
    no_nhs_number_reason: str = "",
    at: dt.datetime | None = None,
    **more: Any,
) -> Patient:
    """A person nobody has recorded yet; without an NHS number, with the reason for it."""
    if not can_refer_somewhere(by, at=at):
        raise PermissionDenied("Only clinicians and referrers record patients.")
    at = at or timezone.now()
    check_number_or_reason(nhs_number, no_nhs_number_reason)
    patient = Patient(
        family_name=family_name.strip(),
        given_name=given_name.strip(),
        born=born,
        sex=sex,
        no_nhs_number_reason="" if nhs_number else no_nhs_number_reason.strip(),
        **_known(more),
    )
    patient.full_clean(exclude=["home_icb", "lives_in", "merged_into"])
    check_born(born, at)
    patient.save()
    if nhs_number:
        give_number(patient, nhs_numbers.plain(nhs_number), at=at)
    audit.record(by=by, verb="patient-registered", subject=patient, at=at)
    return patient


def check_number_or_reason(nhs_number: str, reason: str) -> None:
    if not (nhs_number or reason.strip()):
        raise ValidationError("Give the NHS number, or say why there is none.", code="no_number")


def _known(more: dict[str, Any]) -> dict[str, Any]:
    if unknown := set(more) - MORE:
        raise TypeError(f"a patient has no {', '.join(sorted(unknown))}")
    return more


def check_born(born: dt.date, at: dt.datetime, *, died_at: dt.datetime | None = None) -> None:
    """A person who lives, or lived: not to come, not after the death, not of another age."""
    today = london.day_of(at)
    if born > today:
        raise ValidationError("The date of birth lies in the future.", code="born")
    if london.years_between(born, today) > OLDEST:
        raise ValidationError(f"That is more than {OLDEST} years ago.", code="born")
    if died_at is not None and born > london.day_of(died_at):
        raise ValidationError("That is after the recorded death.", code="born")


def give_number(
    patient: Patient, value: str, *, at: dt.datetime, status: str = "unverified"
) -> None:
    try:
        with transaction.atomic():
            Identifier.objects.create(
                patient=patient,
                system=Identifier.System.NHS_NUMBER,
                value=value,
                status=status,
                starts=at,
            )
    except IntegrityError as broken:
        if "one_patient_a_current_nhs_number" not in str(broken):
            raise
        raise ValidationError(
            "Another patient has this NHS number.", code="number_of_another"
        ) from broken


@transaction.atomic
def change_patient(
    *, patient: Patient, by: User, at: dt.datetime | None = None, **fields: Any
) -> Patient:
    """Address, phone, language and whatever else `MORE` names. Of which ICB the person is, the
    figures of a stay that goes on follow."""
    check_can_change_patient(by, patient, at=at)
    touch_patient(patient)  # first: admissions are locked before patients
    was = _home_of(patient) if "home_icb" in fields else None
    for name, value in _known(fields).items():
        setattr(patient, name, value)
    patient.full_clean(exclude=["home_icb", "lives_in", "merged_into"])
    patient.save(update_fields=list(fields))
    if "home_icb" in fields:
        spells = patient.admissions.current().values_list("spell", flat=True)
        say_home(spells=spells, home_icb=patient.home_icb, by=by, at=at)
    detail: dict[str, Any] = {"fields": sorted(fields)}
    if "home_icb" in fields and patient.home_icb != was:
        detail["home_icb_was"] = was.code if was else ""
    audit.record(by=by, verb="patient-changed", subject=patient, detail=detail, at=at)
    return patient


def _home_of(patient: Patient) -> IntegratedCareBoard | None:
    """As it is recorded until this is done."""
    return locked(Patient.objects.select_related("home_icb"), patient.pk).home_icb


@transaction.atomic
def change_nhs_number(
    *,
    patient: Patient,
    nhs_number: str,
    old_was: Identifier.Status,
    by: User,
    at: dt.datetime | None = None,
) -> Patient:
    """The old number stays on record as superseded, or as wrong from the start."""
    check_can_change_patient(by, patient, at=at)
    at = at or timezone.now()
    lock_records({patient.pk})
    end_number(patient, old_was, at)
    give_number(patient, nhs_numbers.plain(nhs_number), at=at)
    Patient.objects.filter(pk=patient.pk).update(no_nhs_number_reason="")
    detail = {"old_was": str(old_was)}
    audit.record(by=by, verb="nhs-number-changed", subject=patient, detail=detail, at=at)
    follow(patient, by=by, at=at)
    touch_patient(patient)
    return Patient.objects.get(pk=patient.pk)


def follow(patient: Patient, *, by: User, at: dt.datetime) -> None:
    """The figures' spells go on as one person's, under the key of the number that is true now."""
    now = Patient.objects.get(pk=patient.pk)
    spells = now.admissions.values_list("spell", flat=True)
    follow_person(spells=spells, person_key=person_key_of(now), by=by, at=at)


def end_number(patient: Patient, status: Identifier.Status, at: dt.datetime) -> None:
    if status in Identifier.CURRENT:
        raise ValidationError("The old number was superseded, or wrong.", code="status")
    patient.identifiers.nhs_numbers().current().update(status=status, ends=at)


@transaction.atomic
def verify_nhs_number(*, patient: Patient, by: User, at: dt.datetime | None = None) -> None:
    """Somebody held it against the national record or the person's own papers."""
    check_can_change_patient(by, patient, at=at)
    patient.identifiers.nhs_numbers().current().update(status=Identifier.Status.VERIFIED)
    audit.record(by=by, verb="nhs-number-verified", subject=patient, at=at)
    touch_patient(patient)


@transaction.atomic
def add_contact(
    *, patient: Patient, by: User, at: dt.datetime | None = None, **fields: Any
) -> Contact:
    """Whoever becomes the first to call takes the place of who was."""
    check_can_change_patient(by, patient, at=at)
    # A form sent twice makes nothing twice.
    known = patient.contacts.filter(**_agreed(fields)).first()
    if known is not None:
        return known
    contact = Contact(patient=patient, **_agreed(fields))
    _save_contact(contact)
    audit.record(by=by, verb="contact-added", subject=patient, detail={"id": contact.pk}, at=at)
    touch_patient(patient)
    return contact


@transaction.atomic
def change_contact(
    *, contact: Contact, by: User, at: dt.datetime | None = None, **fields: Any
) -> Contact:
    check_can_change_patient(by, contact.patient, at=at)
    for name, value in _agreed(fields).items():
        setattr(contact, name, value)
    _save_contact(contact)
    detail = {"id": contact.pk, "fields": sorted(fields)}
    audit.record(by=by, verb="contact-changed", subject=contact.patient, detail=detail, at=at)
    touch_patient(contact.patient)
    return contact


def _agreed(fields: dict[str, Any]) -> dict[str, Any]:
    """Who is the first at night may be called at night."""
    return {**fields, "also_nights": True} if fields.get("first_at_night") else fields


def _save_contact(contact: Contact) -> None:
    called = contact.call_first or contact.first_at_night or contact.also_nights
    if contact.must_not_be_told and called:
        raise ValidationError("Somebody who must not be told cannot be called.", code="told")
    contact.full_clean(validate_constraints=False)
    others = contact.patient.contacts.exclude(pk=contact.pk)
    for first in ("call_first", "first_at_night"):
        if getattr(contact, first):
            others.filter(**{first: True}).update(**{first: False})
    contact.save()


@transaction.atomic
def remove_contact(*, contact: Contact, by: User, at: dt.datetime | None = None) -> None:
    """The history keeps who it was."""
    check_can_change_patient(by, contact.patient, at=at)
    audit.record(
        by=by, verb="contact-removed", subject=contact.patient, detail={"id": contact.pk}, at=at
    )
    touch_patient(contact.patient)
    contact.delete()


@transaction.atomic
def record_safety(
    *,
    patient: Patient,
    topic: str,
    state: str,
    by: User,
    text: str = "",
    source: str = "",
    at: dt.datetime | None = None,
) -> SafetyRecord:
    """Allergies, ceiling of care or resuscitation; the record before it is superseded."""
    check_can_change_patient(by, patient, at=at)
    at = at or timezone.now()
    _check_safety(state, text, source)
    said = {"topic": topic, "state": state, "text": text.strip(), "source": source.strip()}
    known = patient.safety_records.current().filter(**said, recorded_by__isnull=False).first()
    if known is not None:
        return known
    patient.safety_records.current().filter(topic=topic).update(superseded_at=at)
    record = SafetyRecord.objects.create(
        patient=patient,
        topic=Topic(topic),
        state=State(state),
        text=text.strip() if state == State.RECORDED else "",
        source=source.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    detail = {"topic": str(topic), "state": str(state)}
    audit.record(by=by, verb="safety-recorded", subject=patient, detail=detail, at=at)
    touch_patient(patient)
    return record


def _check_safety(state: str, text: str, source: str) -> None:
    if state == State.RECORDED and not (text.strip() and source.strip()):
        raise ValidationError("Say what is recorded, and who said so or which record.")
    if state == State.NONE and not source.strip():
        raise ValidationError("Say who said that there is none, or which record does.")


def note_not_asked(*, patient: Patient, at: dt.datetime) -> None:
    """On admission: what nobody has asked yet stands there as not asked, never as none.

    Part of admitting, whose policy and audit row it shares.
    """
    known = set(patient.safety_records.current().values_list("topic", flat=True))
    SafetyRecord.objects.bulk_create(
        SafetyRecord(patient=patient, topic=topic, state=State.NOT_ASKED, recorded_at=at)
        for topic in Topic
        if topic not in known
    )
