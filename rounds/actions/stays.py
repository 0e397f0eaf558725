"""Coming with kit: a bed taken, what must be known first, and devices handed out, or none of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from capacity.models import Bed
from observations.actions.devices import issue_device
from observations.models import Device, Holding
from patients.actions import admissions
from patients.actions.care import add_contact, change_contact, record_safety, set_usual
from patients.actions.home import record_check, record_home, set_key_safe
from patients.actions.people import change_patient
from patients.actions.safeguarding import note_safeguarding
from patients.models import Admission, Contact, Patient, Referral
from rounds.actions.leaving import Closing, Closings, discharge_with_open, take_back_discharge

__all__ = [
    "Closing",
    "Closings",
    "Known",
    "Safety",
    "admit_with_kit",
    "discharge_with_open",
    "take_back_discharge",
]


@dataclass(frozen=True, slots=True)
class Safety:
    """What was asked of one `SafetyRecord.Topic`: its state, and what and who said so."""

    topic: str
    state: str
    text: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What the ward learns of a patient while admitting: only what was asked is written.

    `checks`, `home`, `key_safe` and `safeguarding` are what `record_check`, `record_home`,
    `set_key_safe` and `note_safeguarding` take.
    """

    safety: Iterable[Safety] = ()
    checks: Iterable[Mapping[str, Any]] = ()
    home: Iterable[Mapping[str, Any]] = ()
    language: str | None = None
    key_safe: Mapping[str, Any] | None = None
    safeguarding: Mapping[str, Any] | None = None
    call_first: Contact | None = None
    new_contact: Mapping[str, Any] | None = None
    usual_news2: int | None = None
    usual_spo2: int | None = None


@transaction.atomic
def admit_with_kit(
    *,
    referral: Referral,
    bed: Bed | None,
    by: User,
    devices: Iterable[Device] = (),
    kit_state: str = Holding.State.WORKING,
    kit_due: dt.date | None = None,
    known: Known | None = None,
    at: dt.datetime | None = None,
    **more: Any,
) -> Admission:
    """Admit, write down what is known, hand out the kit, or none of it.

    `more` goes to `patients.actions.admissions.admit`. Raises what that raises, and
    DeviceRefusedError.
    """
    moment = at or timezone.now()
    admission = admissions.admit(referral=referral, bed=bed, by=by, at=moment, **more)
    if known is not None:
        _write_down(admission, known, by, moment)
    for device in sorted(devices, key=lambda device: device.pk):
        issue_device(
            device=device,
            admission=admission,
            state=kit_state,
            delivery_due=kit_due,
            by=by,
            at=moment,
        )
    return admission


def _write_down(admission: Admission, known: Known, by: User, at: dt.datetime) -> None:
    patient = admission.patient
    for asked in known.safety:
        record_safety(
            patient=patient,
            topic=asked.topic,
            state=asked.state,
            text=asked.text,
            source=asked.source,
            by=by,
            at=at,
        )
    _write_home(admission, known, by, at)
    _write_contacts(patient, known, by, at)
    if known.usual_news2 is not None or known.usual_spo2 is not None:
        set_usual(
            admission=admission,
            usual_news2=known.usual_news2,
            usual_spo2=known.usual_spo2,
            by=by,
            at=at,
        )


def _write_home(admission: Admission, known: Known, by: User, at: dt.datetime) -> None:
    patient = admission.patient
    for check in known.checks:
        record_check(admission=admission, **check, by=by, at=at)
    for asked in known.home:
        record_home(patient=patient, **asked, by=by, at=at)
    if known.language is not None and known.language != patient.language:
        change_patient(patient=patient, language=known.language, by=by, at=at)
    if known.key_safe is not None:
        set_key_safe(patient=patient, **known.key_safe, by=by, at=at)
    if known.safeguarding is not None:
        note_safeguarding(admission=admission, **known.safeguarding, by=by, at=at)


def _write_contacts(patient: Patient, known: Known, by: User, at: dt.datetime) -> None:
    if known.call_first is None and known.new_contact is None:
        return
    first = known.call_first
    if first is not None and not first.call_first:
        change_contact(contact=first, call_first=True, by=by, at=at)
    if known.new_contact is not None:
        add_contact(
            patient=patient, **{"call_first": first is None, **known.new_contact}, by=by, at=at
        )
