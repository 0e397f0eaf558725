"""What a person's review means for the readings: they have been looked at."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F

from observations.models import Standing
from patients.models import Admission


@transaction.atomic
def note_review(*, admission: Admission, at: dt.datetime) -> None:
    """Until now the last response before data stopped kept the patient up on the board."""
    # The drain moves the standing under this lock, and must not write over what is noted here.
    Admission.objects.select_for_update(no_key=True).get(pk=admission.pk)
    standing, _ = Standing.objects.get_or_create(admission=admission)
    newer = standing.reviewed_at is not None and standing.reviewed_at > at
    if not newer:
        Standing.objects.filter(pk=standing.pk).update(
            reviewed_at=at, unreviewed_response="", version=F("version") + 1
        )
