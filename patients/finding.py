"""Looking for a patient by NHS number or name, within what the asker may see."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from accounts.models import User
from patients import nhs_numbers
from patients.models import Admission, Identifier, Patient, Referral

MOST = 50
Found_ = TypeVar("Found_", bound=Model)


@dataclass(frozen=True, slots=True)
class Found:
    """A patient and the page on which they stand, by its name and the id it takes."""

    patient: Patient
    where: str
    page: str
    pk: uuid.UUID

    @property
    def number(self) -> str:
        return nhs_numbers.shown(self.patient.nhs_number) or "none"


def find(asked: str, *, user: User) -> list[Found]:
    """Those on the ward first, then those who wait for it; each once."""
    here = _matching(Admission.objects.caring(user).current(), asked).select_related(
        "patient", "ward"
    )
    coming = Referral.objects.caring(user)
    waiting = _matching(coming.waiting() | coming.awaiting_bed(), asked).select_related(
        "patient", "ward"
    )
    admitted = [
        Found(one.patient, one.ward.name, "rounds:patient-detail", one.pk) for one in here[:MOST]
    ]
    referred = [
        Found(one.patient, f"referred to {one.ward.name}", "patients:referral-detail", one.pk)
        for one in waiting[: MOST - len(admitted)]
    ]
    return admitted + referred


def _matching(rows: QuerySet[Found_], asked: str) -> QuerySet[Found_]:
    number = nhs_numbers.plain(asked)
    rows = rows.prefetch_related("patient__identifiers")
    if number.isdigit():
        known = Identifier.objects.filter(value=number).exclude(status=Identifier.Status.WRONG)
        return rows.filter(patient__in=known.values("patient"))
    return rows.filter(_named(asked)).order_by("patient__family_name", "patient__given_name")


def _named(asked: str) -> Q:
    """Each word begins a part of the family or the given name, in any order."""
    wanted = Q()
    for word in asked.replace(",", " ").split():
        wanted &= _begins("family_name", word) | _begins("given_name", word)
    return wanted


def _begins(name: str, word: str) -> Q:
    """Double names have parts: Al-Rashid is found by Rashid."""
    field = f"patient__{name}"
    inside = Q(**{f"{field}__icontains": f"-{word}"}) | Q(**{f"{field}__icontains": f" {word}"})
    return Q(**{f"{field}__istartswith": word}) | inside
