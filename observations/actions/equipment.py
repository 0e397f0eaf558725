"""Adds devices, and the names by which a supplier may call a patient."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.models import Provider
from observations.models import Device, DeviceStatus, EnrolmentToken, Supplier
from observations.policies import check_can_manage_kit
from patients.models import Admission, Place


@transaction.atomic
def add_device(
    *,
    serial: str,
    supplier: Supplier,
    provider: Provider,
    model: str,
    kinds: Iterable[str],
    by: User | None,
    place: Place | None = None,
    hub: Device | None = None,
    firmware: str = "",
    battery: int | None = None,
    signal: int | None = None,
    at: dt.datetime | None = None,
) -> Device:
    """In store, ready to be issued; with a place, shared by those who live there."""
    device = Device.objects.create(
        serial=serial,
        supplier=supplier,
        provider=provider,
        model=model,
        use=Device.Use.SHARED if place else Device.Use.PERSONAL,
        place=place,
        hub=hub,
        kinds=list(kinds),
    )
    if firmware or battery is not None or signal is not None:
        _tell(device, firmware, battery, signal, at or timezone.now())
    audit.record(by=by, verb="device-added", subject=device, detail={"serial": serial}, at=at)
    return device


def _tell(
    device: Device, firmware: str, battery: int | None, signal: int | None, at: dt.datetime
) -> None:
    """As it was when it came; its gateway tells what becomes of it."""
    DeviceStatus.objects.create(
        device=device,
        battery=battery,
        battery_at=None if battery is None else at,
        signal=signal,
        firmware=firmware,
        measured_at=at,
    )


@transaction.atomic
def enrol(
    *, admission: Admission, supplier: Supplier, by: User, at: dt.datetime | None = None
) -> EnrolmentToken:
    """An opaque name for the supplier to call the patient by, for this admission only."""
    check_can_manage_kit(by, admission)
    moment = at or timezone.now()
    token = EnrolmentToken.objects.create(
        token=secrets.token_urlsafe(16), admission=admission, supplier=supplier, starts=moment
    )
    audit.record(by=by, verb="enrolled", subject=admission, at=moment)
    return token
