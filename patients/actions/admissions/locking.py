"""The admission's own lock, taken after the ward's and the bed's."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from lib.locks import locked
from patients.models import Admission


def lock_open(admission: Admission) -> Admission:
    """Refuses one that somebody discharged meanwhile; then all that was done is undone."""
    related = ("patient", "ward__lead_provider", "ward__icb", "spell")
    fresh = locked(Admission.objects.select_related(*related), admission.pk, no_key=True)
    if not fresh.is_open:
        raise ValidationError("This patient has left already.", code="discharged")
    return fresh
