"""Records within the reach of whoever puts them right, and those that may be one person's."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from accounts.models import User
from patients import nhs_numbers
from patients.models import Identifier, Patient, RecordChange
from patients.models.records import RecordChangeQuerySet
from patients.naming import letters

MOST = 50
MOST_ALIKE = 6
DECIDED_FOR = dt.timedelta(days=30)
CHANGE_NAMES = ("patient", "other", "merge", "proposed_by", "decided_by")


def records_of(user: User) -> QuerySet[Patient]:
    return Patient.objects.kept_by(user).prefetch_related("identifiers")


def find_records(asked: str, *, user: User) -> list[Patient]:
    """By any number a record ever had, or by names; those who have left as well."""
    number = nhs_numbers.plain(asked)
    mine = records_of(user)
    if number.isdigit():
        return list(mine.filter(pk__in=Identifier.objects.filter(value=number).values("patient")))
    wanted = Q()
    for word in asked.replace(",", " ").split():
        wanted &= Q(family_name__icontains=word) | Q(given_name__icontains=word)
    return list(mine.filter(wanted).order_by("family_name", "given_name", "pk")[:MOST])


def changes_of(user: User) -> RecordChangeQuerySet:
    found = RecordChange.objects.within(user).select_related(*CHANGE_NAMES)
    return found.prefetch_related("patient__identifiers", "other__identifiers")


def recent_changes(user: User, *, at: dt.datetime) -> list[RecordChange]:
    """What waits first, then what was decided lately."""
    mine = changes_of(user)
    decided = mine.filter(decided_at__gt=at - DECIDED_FOR).order_by("-decided_at")
    return [*mine.open().order_by("proposed_at"), *decided[:MOST]]


def perhaps_same(patient: Patient, among: QuerySet[Patient]) -> list[Patient]:
    """Born on one day, and of the same family or given name; or of the same names altogether."""
    found = among.filter(merged_into__isnull=True).exclude(pk=patient.pk)
    close = found.filter(
        Q(born=patient.born)
        | Q(family_name__iexact=patient.family_name, given_name__iexact=patient.given_name)
    )
    found = close.prefetch_related("identifiers").order_by("pk")[:MOST]
    scored = [(_in_common(patient, one), one) for one in found]
    alike = sorted((one for one in scored if one[0]), key=lambda one: -one[0])
    return [one for _, one in alike[:MOST_ALIKE]]


def _in_common(patient: Patient, one: Patient) -> int:
    """The family name tells more than the given one."""
    family = letters(patient.family_name) == letters(one.family_name)
    given = letters(patient.given_name) == letters(one.given_name)
    return 2 * family + given
