"""A reading without a patient is given to one, or dismissed; the ward's alert about it ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.models import Ward
from lib import london
from observations.actions.alerts import close
from observations.actions.refusals import ActionRefusedError
from observations.amends import corrections, custody
from observations.amends.corrections import Key
from observations.attribution import Unclaimed
from observations.draining import retractions, tray
from observations.draining.uploads import Item, Upload
from observations.intake.sent import Reader, Sent
from observations.models import Alert, Device, Gateway, UnclaimedReading
from observations.policies import (
    check_can_correct_readings,
    check_can_decide_reading,
    check_can_place_readings,
)
from observations.storage.batches import next_batch
from observations.strays import places_for
from patients.models import Admission


class TrayRefusedError(ActionRefusedError):
    """What cannot be decided so."""


@transaction.atomic
def assign(
    *,
    readings: Collection[UnclaimedReading],
    admission: Admission,
    reason: str,
    by: User,
    at: dt.datetime | None = None,
) -> int:
    """They are this patient's: stored and scored like every reading, and they ring if they are
    about now. How many."""
    check_can_correct_readings(by, admission)
    moment = at or timezone.now()
    locked = _lock(readings, by)
    if any(row.why == retractions.RETRACTED for row in locked):
        raise TrayRefusedError("The sender took some of them back. Dismiss these.")
    if any(row.measured_at < admission.admitted_at for row in locked):
        raise TrayRefusedError("Some were measured before this patient was admitted.")
    _give(locked, admission, reason, by, moment)
    _end_alerts(locked, Alert.Outcome.NO_CHANGE, "Given to its patient", by, moment)
    detail = {"readings": [row.pk for row in locked], "reason": reason}
    audit.record(by=by, verb="readings-assigned", subject=admission, detail=detail, at=moment)
    return len(locked)


@transaction.atomic
def dismiss(
    *,
    readings: Collection[UnclaimedReading],
    reason: str,
    by: User,
    at: dt.datetime | None = None,
) -> int:
    """They are nobody's, for a reason: kept, never scored. How many."""
    moment = at or timezone.now()
    locked = _lock(readings, by)
    for row in locked:
        row.decision, row.reason = UnclaimedReading.Decision.DISMISSED, reason
        row.decided_at, row.decided_by = moment, by
        row.save(update_fields=["decision", "reason", "decided_at", "decided_by"])
        audit.record(
            by=by, verb="reading-dismissed", subject=row, detail={"reason": reason}, at=moment
        )
    _end_alerts(locked, Alert.Outcome.FALSE_READING, f"Dismissed: {reason}", by, moment)
    return len(locked)


@transaction.atomic
def place(
    *,
    readings: Collection[UnclaimedReading],
    gateway: Gateway,
    ward: Ward,
    reason: str,
    by: User,
    at: dt.datetime | None = None,
) -> int:
    """No ward could see them: from now on they lie in this ward's tray, and ring there. How many.

    Who places them learns neither values nor names.
    """
    check_can_place_readings(by, gateway)
    moment = at or timezone.now()
    if not places_for(gateway, by, london.day_of(moment)).filter(pk=ward.pk).exists():
        raise TrayRefusedError("That ward does not work with this gateway's organisations.")
    asked = {row.pk for row in readings}
    strays = UnclaimedReading.objects.strays().select_for_update(of=("self",))
    rows = list(strays.filter(pk__in=asked, gateway_id=gateway.pk).order_by("pk"))
    if not rows or len(rows) != len(asked):
        raise TrayRefusedError("Somebody placed some of these meanwhile. Look again.")
    UnclaimedReading.objects.filter(pk__in=asked).update(ward=ward)
    tray.ring((f for row in rows if (f := _as_fresh(row, ward))), at=moment, batch=next_batch())
    detail = {"readings": sorted(asked), "ward": ward.code, "reason": reason}
    audit.record(by=by, verb="readings-placed", subject=gateway, detail=detail, at=moment)
    return len(rows)


def _as_fresh(row: UnclaimedReading, ward: Ward) -> tray.Fresh | None:
    upload = Upload(
        row.gateway_id, row.receipt, row.received_at, [row.as_sent], offset=row.clock_offset
    )
    sent = Reader(received_at=row.received_at, offset=row.clock_offset).read(row.as_sent)
    if not isinstance(sent, Sent):
        return None
    doubt = Unclaimed(row.why, row.device_id, tuple(row.candidates))
    return tray.Fresh(Item(upload, 0, sent), doubt, ward.pk)


def _give(
    rows: list[UnclaimedReading], admission: Admission, reason: str, by: User, at: dt.datetime
) -> None:
    try:
        custody.adopt(rows, admission.pk, reason=reason, by=by, at=at)
    except custody.NotStoredError as refused:
        why = refused.why.replace("_", " ") or "unknown"
        raise TrayRefusedError(f"One of them cannot be stored: {why}. None was given.") from refused
    # Kit that this gateway may not speak for is stored as that kit's all the same.
    devices = Device.objects.filter(serial__in={row.serial for row in rows})
    ids = dict(devices.values_list("serial", "pk"))
    keys = [
        Key(ids[row.serial], row.sender_id, row.measured_at, admission.pk)
        for row in rows
        if row.serial in ids
    ]
    corrections.note_given(keys, reason=reason, at=at, by=by)


def _lock(readings: Collection[UnclaimedReading], by: User) -> list[UnclaimedReading]:
    """Devices before readings, as a correction of custody locks them."""
    retractions.wait()
    devices = sorted({row.device_id for row in readings if row.device_id is not None})
    list(Device.objects.select_for_update().filter(pk__in=devices).order_by("pk"))
    ids = [row.pk for row in readings]
    rows = UnclaimedReading.objects.open().filter(pk__in=ids).order_by("pk")
    list(rows.select_for_update())
    locked = list(rows.select_related("ward"))
    if not locked or len(locked) != len(set(ids)):
        raise TrayRefusedError("Somebody decided about these meanwhile. Look again.")
    for row in locked:
        check_can_decide_reading(by, row)
    return locked


def _end_alerts(
    decided: Collection[UnclaimedReading], outcome: str, note: str, by: User, at: dt.datetime
) -> None:
    """The ward's alert speaks of a sender: it ends with the last reading of that sender."""
    for ward_id, subject in sorted({(row.ward_id or 0, row.alert_subject) for row in decided}):
        waiting = UnclaimedReading.objects.open().filter(ward=ward_id)
        if any(row.alert_subject == subject for row in waiting):
            continue
        for alert in Alert.objects.open().filter(
            ward=ward_id, kind=Alert.Kind.NO_PATIENT, subject=subject, admission=None
        ):
            close(alert=alert, outcome=outcome, note=note[:400], by=by, at=at)
