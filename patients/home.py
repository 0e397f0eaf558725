"""What whoever calls or visits must know of the home, and what nobody has asked yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from patients.models import (
    Admission,
    Check,
    Contact,
    HomeRecord,
    KeySafe,
    Patient,
    SafetyRecord,
)
from patients.policies import can_read_safeguarding, can_see_home

Topic = HomeRecord.Topic
State = HomeRecord.State
Row = TypeVar("Row", Check, HomeRecord)


@dataclass(frozen=True, slots=True)
class VisitNote:
    """One admission's; a topic that is missing from `records` was not asked.

    `key_safe` knows whether there is one and where, never its code, which is asked for apart.
    """

    admission: UUID
    patient: Patient
    records: dict[str, HomeRecord]
    not_to_be_told: tuple[Contact, ...]
    key_safe: KeySafe | None

    @property
    def risks(self) -> HomeRecord | None:
        return self.records.get(Topic.VISIT_RISKS)

    @property
    def interpreter(self) -> HomeRecord | None:
        return self.records.get(Topic.INTERPRETER)

    @property
    def in_twos(self) -> bool:
        """Nobody goes there alone."""
        risks = self.risks
        return risks is not None and HomeRecord.Mark.TWO_PEOPLE in risks.marks


def visit_notes(admissions: Collection[UUID], *, user: User) -> dict[UUID, VisitNote]:
    """By admission, for those that this user treats, who are on a ward now: in four statements."""
    found = Admission.objects.treating(user).current().filter(pk__in=admissions)
    patients = {one.patient_id: one for one in found.select_related("patient")}
    records = HomeRecord.objects.current().filter(patient__in=patients)
    by_patient: defaultdict[UUID, dict[str, HomeRecord]] = defaultdict(dict)
    for record in records.select_related("recorded_by"):
        by_patient[record.patient_id][record.topic] = record
    untold = _not_to_be_told(patients)
    safes = KeySafe.objects.current().without_code().filter(patient__in=patients)
    by_safe = {safe.patient_id: safe for safe in safes}
    return {
        one.pk: VisitNote(
            admission=one.pk,
            patient=one.patient,
            records=by_patient[pk],
            not_to_be_told=tuple(untold[pk]),
            key_safe=by_safe.get(pk),
        )
        for pk, one in patients.items()
    }


def _not_to_be_told(patients: Iterable[UUID]) -> defaultdict[UUID, list[Contact]]:
    found: defaultdict[UUID, list[Contact]] = defaultdict(list)
    for contact in Contact.objects.filter(patient__in=patients, must_not_be_told=True):
        found[contact.patient_id].append(contact)
    return found


TO_ASK: Final = (*Check.Topic, *SafetyRecord.Topic, *HomeRecord.Topic)


@dataclass(frozen=True, slots=True)
class HomePage:
    """All of the home that one admission's page shows; no code, and nothing of safeguarding but
    whether something is recorded, None where whoever asks may not even know that.
    """

    admission: Admission
    checks: dict[str, Check]
    safety: dict[str, SafetyRecord]
    records: dict[str, HomeRecord]
    key_safe: KeySafe | None
    contacts: tuple[Contact, ...]
    safeguarding: str | None
    may_see: bool
    earlier_checks: dict[str, list[Check]]
    earlier_records: dict[str, list[HomeRecord]]


def home_page(admission: Admission, *, user: User) -> HomePage:
    patient, may_see = admission.patient, can_see_home(user, admission)
    checks = list(admission.checks.select_related("recorded_by").order_by("-recorded_at", "-pk"))
    records = list(_home_records(patient, may_see=may_see))
    safes = patient.key_safes.current().without_code().select_related("recorded_by")
    return HomePage(
        admission=admission,
        checks={one.topic: one for one in checks if one.superseded_at is None},
        safety={one.topic: one for one in patient.safety_records.current()},
        records={one.topic: one for one in records if one.superseded_at is None},
        key_safe=safes.first() if may_see else None,
        contacts=tuple(patient.contacts.all()),
        safeguarding=safeguarding_state(admission, user=user),
        may_see=may_see,
        earlier_checks=_earlier(checks),
        earlier_records=_earlier(records),
    )


def _home_records(patient: Patient, *, may_see: bool) -> QuerySet[HomeRecord]:
    """Past ones too, the newest first; the risks for whoever treats the patient."""
    records = patient.home_records.select_related("recorded_by").order_by("-recorded_at", "-pk")
    return records if may_see else records.exclude(topic=Topic.VISIT_RISKS)


def _earlier(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.superseded_at is not None:
            found[row.topic].append(row)
    return found


def safeguarding_state(admission: Admission, *, user: User) -> str | None:
    """`recorded`, `none` or `not_asked`; None for whoever may not know that there is a record."""
    if not can_read_safeguarding(user, admission):
        return None
    notes = admission.patient.safeguarding_notes.in_force().values_list("none", flat=True)
    states = set(notes)
    if not states:
        return State.NOT_ASKED
    return State.NONE if states == {True} else State.RECORDED


def not_asked(page: HomePage) -> list[str]:
    """What is still to ask, in the order of the form; it stands in nobody's way."""
    asked = {
        *(topic for topic, check in page.checks.items() if check.answer != Check.Answer.NOT_ASKED),
        *(one.topic for one in page.safety.values() if one.state != State.NOT_ASKED),
        *(one.topic for one in page.records.values() if one.state != State.NOT_ASKED),
    }
    hidden = set() if page.may_see else {str(Topic.VISIT_RISKS)}
    left = [str(topic.label) for topic in TO_ASK if topic not in asked | hidden]
    return left + list(_also_left(page))


def _also_left(page: HomePage) -> Iterator[str]:
    if not page.admission.patient.language:
        yield "Language"
    if not any(contact.call_first for contact in page.contacts):
        yield "Whom to call first"
    if page.may_see and page.key_safe is None:
        yield "Key safe"
    if page.safeguarding == State.NOT_ASKED:
        yield "Safeguarding"
