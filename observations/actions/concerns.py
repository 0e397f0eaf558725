"""A carer's concern: it escalates alone, in every mode, with or without a score."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from observations import ringing
from observations.models import Bell, Finding
from observations.policies import check_can_raise_concern
from observations.rules import CONCERN
from observations.rules import Finding as Found
from observations.versions import touch_standing
from patients.actions.admissions.locking import lock_open
from patients.models import Admission

TELLS: Final = 200


@transaction.atomic
def raise_carer_concern(
    *, admission: Admission, text: str, by: User, at: dt.datetime | None = None
) -> Bell | None:
    """Urgent, whatever the readings say. `text` is what the carer said, in their words.

    None when an open alert's own concern was shown so lately that it covers this one.
    """
    check_can_raise_concern(by, admission)
    if not text.strip():
        raise ValidationError("Write what the carer said.", code="text")
    moment = at or timezone.now()
    locked = lock_open(admission)
    found = _found(text.strip(), moment)
    _keep(locked, found)
    bell = ringing.ring_findings(locked.pk, locked.ward_id, [found], at=moment)
    touch_standing(locked.pk)
    audit.record(by=by, verb="concern-raised", subject=locked, at=moment)
    return bell


def _found(text: str, at: dt.datetime) -> Found:
    told = f"Carer worried: {text}"[:TELLS]
    return Found(CONCERN, "urgent", frozenset({CONCERN}), told, (), at)


def _keep(admission: Admission, found: Found) -> None:
    Finding.objects.create(
        admission=admission,
        rule=found.key,
        measured_at=found.measured_at,
        priority=found.priority,
        parameters=sorted(found.parameters),
        text=found.text,
        batch=0,
    )
