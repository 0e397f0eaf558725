"""A departure entered in error is taken back: its alert opens again, its kit is no longer wanted.

A death recorded by mistake must not leave an emergency closed and silent.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from observations.alerting import ladders
from observations.models import Alert, AlertEvent, Device, Holding
from observations.policies import check_can_answer, check_can_manage_kit
from observations.storage.versions import touch_standing
from patients.models import Admission


def lock_kit(admission: Admission) -> list[Device]:
    """The devices a patient holds, locked before the admission is: the drain's order."""
    held = Holding.objects.open().filter(admission=admission)
    devices = Device.objects.select_for_update(of=("self",)).filter(holdings__in=held)
    return list(devices.order_by("pk"))


@transaction.atomic
def reopen_alert(*, alert_id: UUID, by: User, at: dt.datetime | None = None) -> Alert | None:
    """As it was, and its ladder goes on from now, or where it had ended its repeats; None where
    another has opened meanwhile."""
    moment = at or timezone.now()
    alert = Alert.objects.select_for_update(of=("self",)).select_related("owner").get(pk=alert_id)
    check_can_answer(by, alert)
    if Alert.objects.open().filter(admission=alert.admission_id).exists():
        return None
    alert.closed_at = alert.closed_by = None
    alert.outcome = alert.outcome_note = ""
    alert.next_step_at = None if alert.owner or ladders.is_ended(alert) else moment
    alert.save()
    AlertEvent.objects.create(
        alert=alert,
        what=AlertEvent.What.ACTED,
        text="Open again: the departure was entered in error.",
        at=moment,
        by=by,
    )
    audit.record(by=by, verb="alert-reopened", subject=alert, at=moment)
    if alert.admission_id is not None:
        touch_standing(alert.admission_id)
    return alert


@transaction.atomic
def keep_kit(*, admission: Admission, by: User, at: dt.datetime | None = None) -> list[Device]:
    """The patient is still on the ward: what was wanted back stays with them."""
    check_can_manage_kit(by, admission)
    kept = [device for device in lock_kit(admission) if device.status == Device.Status.WANTED_BACK]
    for device in kept:
        device.status = Device.Status.ISSUED
        device.save(update_fields=["status"])
    serials = [device.serial for device in kept]
    audit.record(by=by, verb="device-kept", subject=admission, detail={"devices": serials}, at=at)
    return kept
