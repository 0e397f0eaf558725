"""The stays of a person before the one that is looked at, and whether this one followed soon."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from capacity.models.stays import Destination
from patients.actions.admissions.admitting import READMITTED_WITHIN
from patients.models import Admission

# The newest; a page is no archive.
MOST = 10


@dataclass(frozen=True)
class Earlier:
    """`admission` is one that the reader may open; `back_within` is told of one that followed."""

    admission: Admission
    may_open: bool
    back_soon: bool


def earlier_stays(admission: Admission, *, user: User) -> tuple[Earlier, ...]:
    """The newest first; one entered in error never was. Whoever treats the person now knows that
    they were on another ward, and opens what is of their own wards."""
    before = admission.patient.admissions.filter(admitted_at__lt=admission.admitted_at)
    real = before.exclude(destination=Destination.ENTERED_IN_ERROR).exclude(pk=admission.pk)
    found = list(real.select_related("ward").order_by("-admitted_at")[:MOST])
    own = set(Admission.objects.caring(user).filter(pk__in=[a.pk for a in found]).values_list("pk"))
    return tuple(
        Earlier(one, (one.pk,) in own, back_soon=not n and _soon(one, admission))
        for n, one in enumerate(found)
    )


def _soon(before: Admission, admission: Admission) -> bool:
    left = before.discharged_at
    return left is not None and admission.admitted_at - left < READMITTED_WITHIN
