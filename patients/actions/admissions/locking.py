"""The admission's own lock, taken after the ward's and the bed's."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from patients.models import Admission


def lock_open(admission: Admission) -> Admission:
    """Refuses one that somebody discharged meanwhile; then all that was done is undone."""
    locked = (
        Admission.objects.select_for_update(no_key=True, of=("self",))
        .select_related("patient", "ward__lead_provider", "ward__icb", "spell")
        .get(pk=admission.pk)
    )
    if not locked.is_open:
        raise ValidationError("This patient has left already.", code="discharged")
    return locked
