"""What a person's review means for the readings: they have been looked at."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F

from observations.judgement.results import recall_responses, standings
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


@transaction.atomic
def forget_review(*, admission: Admission, reviewed_at: dt.datetime | None) -> None:
    """The newest review was not about this patient; `reviewed_at` is when the newest real one was.

    What has come since then counts as not looked at, as if nobody had reviewed the patient.
    """
    Admission.objects.select_for_update(no_key=True).get(pk=admission.pk)
    now = standings([admission.pk])[admission.pk]
    now.reviewed_at, now.unreviewed_response = reviewed_at, ""
    recall_responses([now])
    Standing.objects.filter(admission=admission).update(
        reviewed_at=reviewed_at,
        unreviewed_response=now.unreviewed_response,
        version=F("version") + 1,
    )
