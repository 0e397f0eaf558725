"""Kit goes to a patient, comes back, and who held it when is corrected."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.models import User
from observations.actions.refusals import ActionRefusedError
from observations.amends import custody
from observations.draining import retractions
from observations.models import Device, Holding
from observations.policies import check_can_manage_device, check_can_manage_kit
from patients.actions.touch import touch
from patients.models import Admission

# What a correction of times leaves as it is. The first reading is looked for again.
_KEPT: Final = (
    *("ordered_at", "ordered_by", "delivery_due", "delivered_at", "delivered_by"),
    *("chased_at", "chased_by", "chased", "chase_note"),
)
_NOT_HELD: Final = (Device.Status.IN_STORE, Device.Status.RETIRED)


class DeviceRefusedError(ActionRefusedError):
    """Kit that cannot be handed out so."""


@transaction.atomic
def issue_device(
    *,
    device: Device,
    admission: Admission,
    by: User,
    at: dt.datetime | None = None,
    state: str = Holding.State.WORKING,
    starts: dt.datetime | None = None,
    delivery_due: dt.date | None = None,
) -> Holding:
    """The admission holds the device from `starts` (default `at`, the moment of recording).

    What is only ordered is delivered later, expected by `delivery_due`; that it works, its first
    reading tells.
    """
    check_can_manage_kit(by, admission)
    moment = at or timezone.now()
    locked = _lock(device, admission)
    _check_free(locked, starts or moment)
    holding = Holding.objects.create(
        device=locked,
        admission=admission,
        state=state,
        starts=starts or moment,
        recorded_at=moment,
        recorded_by=by,
        **_came(state, starts or moment, delivery_due, by),
    )
    _set_status(locked, Device.Status.ISSUED)
    _audit(by, "device-issued", holding, moment)
    if holding.starts < moment or custody.concerns(locked, moment):
        custody.ask_again(
            locked, holding.starts, moment, reason="custody recorded later", by=by, at=moment
        )
    return holding


def _came(state: str, when: dt.datetime, due: dt.date | None, by: User) -> dict[str, Any]:
    if state == Holding.State.ORDERED:
        return {"ordered_at": when, "ordered_by": by, "delivery_due": due}
    return {"delivered_at": when, "delivered_by": by}


@transaction.atomic
def deliver_device(*, holding: Holding, by: User, at: dt.datetime | None = None) -> Holding:
    """Kit that was ordered is there; said twice, it was delivered once."""
    check_can_manage_kit(by, holding.admission)
    moment = at or timezone.now()
    held = _held(holding)
    if held.delivered_at is None:
        held.delivered_at, held.delivered_by = max(moment, held.ordered_at or moment), by
        if held.state == Holding.State.ORDERED:
            held.state = Holding.State.DELIVERED
        held.save(update_fields=["delivered_at", "delivered_by", "state"])
        _audit(by, "device-delivered", held, moment)
        touch(held.admission)
    return held


@transaction.atomic
def chase_device(
    *, holding: Holding, said: str, by: User, at: dt.datetime | None = None
) -> Holding:
    """Somebody asked after kit that is late, on its way there or back, and what they were told."""
    check_can_manage_kit(by, holding.admission)
    moment = at or timezone.now()
    if not said.strip():
        raise DeviceRefusedError("Say what you were told.")
    held = _held(holding)
    held.chased_at, held.chased_by = moment, by
    held.chased, held.chase_note = held.chased + 1, said.strip()
    held.save(update_fields=["chased_at", "chased_by", "chased", "chase_note"])
    _audit(by, "device-chased", held, moment)
    touch(held.admission)
    return held


def _held(holding: Holding) -> Holding:
    """Under the device's lock, as whoever takes it back."""
    _lock(holding.device, holding.admission)
    held = Holding.objects.open().filter(pk=holding.pk).select_related("admission", "device")
    found = held.first()
    if found is None:
        raise DeviceRefusedError("It is back already.")
    return found


@transaction.atomic
def return_device(*, holding: Holding, by: User, at: dt.datetime | None = None) -> Holding:
    """The kit is back: readings measured from now on are not this patient's."""
    check_can_manage_kit(by, holding.admission)
    moment = at or timezone.now()
    device = _lock(holding.device, holding.admission)
    held = Holding.objects.open().filter(pk=holding.pk).first()
    if held is None:
        raise DeviceRefusedError("It is back already.")
    held.ends = max(moment, held.starts)
    held.save(update_fields=["ends"])
    if device.status != Device.Status.FAULTY:
        _set_status(device, Device.Status.IN_STORE)
    _audit(by, "device-returned", held, moment)
    if custody.concerns(device, held.ends):
        custody.ask_again(device, held.ends, moment, reason="given back", by=by, at=moment)
    return held


@transaction.atomic
def correct_holding(
    *,
    holding: Holding,
    starts: dt.datetime,
    ends: dt.datetime | None,
    reason: str,
    by: User,
    at: dt.datetime | None = None,
) -> Holding:
    """It was held at other times than was written down. The old row stays, no longer believed;
    every reading in between goes to who held the device then."""
    check_can_manage_kit(by, holding.admission)
    moment = at or timezone.now()
    retractions.wait()
    device = Device.objects.select_for_update().get(pk=holding.device_id)
    old = Holding.objects.believed().select_for_update(of=("self",)).get(pk=holding.pk)
    old.superseded_at, old.superseded_by, old.reason = moment, by, reason
    old.save(update_fields=["superseded_at", "superseded_by", "reason"])
    _check_nobody_else(device, starts, ends)
    fresh = Holding.objects.create(
        device=device,
        admission=holding.admission,
        state=old.state,
        starts=starts,
        ends=ends,
        recorded_at=moment,
        recorded_by=by,
        reason=reason,
        **{name: getattr(old, name) for name in _KEPT},
    )
    last = max(old.ends or moment, ends or moment, moment)
    custody.ask_again(device, min(old.starts, starts), last, reason=reason, by=by, at=moment)
    _audit(by, "custody-corrected", fresh, moment)
    return fresh


@transaction.atomic
def want_back(*, admission: Admission, by: User, at: dt.datetime | None = None) -> list[Device]:
    """All that the patient still holds is to come back; it keeps reporting until it does."""
    check_can_manage_kit(by, admission)
    moment = at or timezone.now()
    held = list(
        Device.objects.select_for_update(of=("self",))
        .filter(holdings__in=Holding.objects.open().filter(admission=admission))
        .order_by("pk")
    )
    for device in held:
        _set_status(device, Device.Status.WANTED_BACK)
    serials = [device.serial for device in held]
    audit.record(
        by=by, verb="device-wanted-back", subject=admission, detail={"devices": serials}, at=moment
    )
    return held


@transaction.atomic
def set_device_status(
    *, device: Device, status: str, note: str, by: User, at: dt.datetime | None = None
) -> Device:
    """Faulty, lost, retired, or in store again; `note` says what was found. Kit that somebody
    holds stays theirs until it is taken back."""
    check_can_manage_device(by, device)
    locked = Device.objects.select_for_update(of=("self",)).get(pk=device.pk)
    if status in _NOT_HELD and locked.holdings.open().exists():
        raise DeviceRefusedError("A patient holds it. Take it back first.")
    _set_status(locked, status)
    detail = {"status": status, "note": note}
    audit.record(by=by, verb="device-status-set", subject=locked, detail=detail, at=at)
    return locked


def _lock(device: Device, *admissions: Admission) -> Device:
    """In the house's order: device before admissions, these in order of their ids."""
    retractions.wait()
    locked = Device.objects.select_for_update().get(pk=device.pk)
    ids = sorted({admission.pk for admission in admissions})
    list(
        Admission.objects.select_for_update(no_key=True)
        .filter(pk__in=ids)
        .order_by("pk")
        .values_list("pk")
    )
    return locked


def _check_free(device: Device, starts: dt.datetime) -> None:
    if device.use == Device.Use.SHARED:
        raise DeviceRefusedError("Shared kit belongs to a place and is held by nobody.")
    if device.status in (Device.Status.FAULTY, Device.Status.LOST, Device.Status.RETIRED):
        raise DeviceRefusedError(f"This device is {device.get_status_display()}.")
    taken = Holding.objects.believed().filter(device=device)
    if taken.filter(ends__isnull=True).exists() or taken.filter(ends__gt=starts).exists():
        raise DeviceRefusedError("Another patient holds this device then.")


def _check_nobody_else(device: Device, starts: dt.datetime, ends: dt.datetime | None) -> None:
    others = Holding.objects.believed().filter(device=device)
    others = others.filter(Q(ends__isnull=True) | Q(ends__gt=starts))
    if (others if ends is None else others.filter(starts__lt=ends)).exists():
        raise DeviceRefusedError("Another patient held this device then.")


def _set_status(device: Device, status: str) -> None:
    if device.status != status:
        device.status = status
        device.save(update_fields=["status"])


def _audit(by: User, verb: str, holding: Holding, at: dt.datetime) -> None:
    detail = {"device": holding.device.serial, "admission": str(holding.admission_id)}
    audit.record(by=by, verb=verb, subject=holding, detail=detail, at=at)
