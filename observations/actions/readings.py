"""Readings that people bring or take back: told on the phone, struck through, moved, retracted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from lib.ids import uuid7_at
from observations import kinds
from observations.amends import corrections
from observations.amends.corrections import Key
from observations.draining import receipts
from observations.draining.store import store
from observations.draining.uploads import Told, Upload, days_of
from observations.models import Receipt
from observations.policies import check_can_correct_readings
from observations.storage import partitions
from patients.models import Admission

# Stands for "a person typed it" where a gateway would stand.
BY_HAND = 0


@transaction.atomic
def enter_readings(
    *,
    admission: Admission,
    values: Mapping[str, object],
    measured_at: dt.datetime,
    said_by: str,
    by: User,
    source: str = "phone",
    comment: str = "",
    token: UUID | None = None,
    at: dt.datetime | None = None,
) -> list[Told]:
    """A set told on the phone or taken on a visit, by kind, in each kind's own unit. It goes the
    way of every reading; what became of each is told in the order of `values`. The form's `token`
    names the readings: sent twice they are duplicates, as a device's would be."""
    check_can_correct_readings(by, admission)
    moment = at or timezone.now()
    receipt = uuid7_at(moment)
    readings = [
        {
            "id": f"{token or receipt}-{kind}",
            "patient": "by hand",
            "kind": kind,
            "value": value,
            "unit": kinds.unit_to_send(kind) if kind in kinds.KINDS else None,
            "measured_at": measured_at.isoformat(),
            "source": source,
            "reported_by": said_by or None,
            "comment": comment or None,
        }
        for kind, value in values.items()
    ]
    upload = Upload(BY_HAND, receipt, moment, readings, admission_id=admission.pk)
    _store(upload, moment)
    found = [told for told in upload.told if told is not None]
    if any(told.outcome != Receipt.Outcome.DUPLICATE for told in found):
        detail = {"kinds": list(values), "source": source, "receipt": str(receipt)}
        audit.record(by=by, verb="readings-entered", subject=admission, detail=detail, at=moment)
    return found


@transaction.atomic
def strike_readings(
    *,
    admission: Admission,
    keys: Sequence[Key],
    reason: str,
    by: User,
    at: dt.datetime | None = None,
) -> int:
    """Entered in error: kept, struck through, re-scored; how many."""
    check_can_correct_readings(by, admission)
    moment = at or timezone.now()
    own = [key for key in keys if key.admission_id == admission.pk]
    struck = corrections.strike(own, reason=reason, by=by, at=moment)
    detail = {"readings": struck, "reason": reason}
    audit.record(by=by, verb="readings-struck", subject=admission, detail=detail, at=moment)
    return struck


@transaction.atomic
def move_readings(
    *,
    keys: Sequence[Key],
    admission: Admission,
    to: Admission,
    reason: str,
    by: User,
    at: dt.datetime | None = None,
) -> int:
    """Wrong wearer: a run of readings is another patient's. Both are re-scored; how many."""
    check_can_correct_readings(by, admission)
    check_can_correct_readings(by, to)
    moment = at or timezone.now()
    own = [key for key in keys if key.admission_id == admission.pk]
    moved = corrections.move(own, to=to.pk, reason=reason, by=by, at=moment, by_hand=True)
    detail = {"readings": moved, "to": str(to.pk), "reason": reason}
    audit.record(by=by, verb="readings-moved", subject=admission, detail=detail, at=moment)
    return moved


@transaction.atomic
def retract_readings(
    *, keys: Collection[Key], gateway_id: int, reason: str, at: dt.datetime | None = None
) -> int:
    """The sender says that they should never have been sent; how many were not struck before."""
    moment = at or timezone.now()
    return corrections.strike(list(keys), reason=reason, gateway_id=gateway_id, at=moment)


def _store(upload: Upload, at: dt.datetime) -> None:
    partitions.ensure_days(days_of([upload]))
    receipts.write([upload], batch=store([upload], at=at))
