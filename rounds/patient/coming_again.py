"""Two stays of one person close together: the later one is a readmission."""

from __future__ import annotations

from django.db.models import QuerySet

from capacity.models.stays import Destination
from patients.models import Admission


def readmission_of(admission: Admission) -> Admission | None:
    """The stay that ended lately before this one, if it really was one."""
    before = admission.spell.readmission_of_id
    return _real(Admission.objects.filter(spell=before)).first() if before else None


def readmitted_as(admission: Admission) -> Admission | None:
    """The stay that followed this one."""
    return _real(Admission.objects.filter(spell__readmission_of=admission.spell_id)).first()


def _real(found: QuerySet[Admission]) -> QuerySet[Admission]:
    return found.exclude(destination=Destination.ENTERED_IN_ERROR).select_related("ward")
