"""A carer's concern: it escalates alone, in every mode, with or without a score."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from observations.alerting import ringing
from observations.bells import WORSE_BY
from observations.models import Alert, Bell, Finding, Trigger
from observations.policies import check_can_raise_concern
from observations.rules import CONCERN
from observations.rules import Finding as Found
from observations.storage.versions import touch_standing
from patients.actions.admissions.locking import lock_open
from patients.models import Admission

_TELLS: Final = "Carer worried: "
# What an alert can show in one text, all of it.
MOST_LETTERS: Final = 240 - len(_TELLS)
# The same words sooner than this are the same call, sent twice.
TWICE: Final = dt.timedelta(minutes=2)


@transaction.atomic
def raise_carer_concern(
    *, admission: Admission, text: str, by: User, at: dt.datetime | None = None
) -> Bell | None:
    """Urgent, whatever the readings say. `text` is what the carer said, in their words.

    Each concern rings, also when the last one is still open; None when this very one was
    written down a moment ago.
    """
    check_can_raise_concern(by, admission)
    _check_words(text.strip())
    moment = at or timezone.now()
    locked = lock_open(admission)
    before = _before(locked)
    found = _found(text.strip(), before, moment)
    if before is not None and before.text == found.text and moment - before.rang_at < TWICE:
        return None
    _keep(locked, found)
    bell = ringing.ring_findings(locked.pk, locked.ward_id, [found], at=moment)
    touch_standing(locked.pk)
    audit.record(by=by, verb="concern-raised", subject=locked, at=moment)
    return bell


def _check_words(words: str) -> None:
    """Refused rather than cut: the end may be what matters."""
    if not words:
        raise ValidationError("Write what the carer said.", code="text")
    if len(words) > MOST_LETTERS:
        raise ValidationError(f"Say it in {MOST_LETTERS} letters.", code="long")


def _before(admission: Admission) -> Trigger | None:
    """The concern that people were told last, while its alert is open."""
    open_ones = Alert.objects.open().filter(admission=admission)
    return Trigger.objects.filter(alert__in=open_ones, rule=CONCERN).first()


def _found(text: str, before: Trigger | None, at: dt.datetime) -> Found:
    """Somebody who calls again is more worried than before, so it counts as worse."""
    severity = 0 if before is None else before.severity + WORSE_BY
    return Found(CONCERN, "urgent", frozenset({CONCERN}), f"{_TELLS}{text}", (), at, severity)


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
