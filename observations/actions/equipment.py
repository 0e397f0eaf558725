"""Adds suppliers, their gateways and devices, and the names by which they may call a patient."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.models import Provider
from lib import london
from observations.models import Device, EnrolmentToken, Gateway, GatewayProvider, Supplier
from observations.policies import check_can_manage_kit
from patients.models import Admission, Place


@transaction.atomic
def add_supplier(*, name: str, by: User | None, at: dt.datetime | None = None) -> Supplier:
    """A firm that lends devices; the same name twice is the same firm."""
    supplier, new = Supplier.objects.get_or_create(name=name)
    if new:
        audit.record(by=by, verb="supplier-added", subject=supplier, detail={"name": name}, at=at)
    return supplier


@transaction.atomic
def add_gateway(
    *,
    supplier: Supplier,
    name: str,
    serves: Iterable[Provider],
    by: User | None,
    at: dt.datetime | None = None,
) -> Gateway:
    """It may bring readings of these providers' devices from that day on."""
    moment = at or timezone.now()
    gateway = Gateway.objects.create(supplier=supplier, name=name)
    served = list(serves)
    GatewayProvider.objects.bulk_create(
        GatewayProvider(gateway=gateway, provider=provider, starts=london.day_of(moment))
        for provider in served
    )
    detail = {"name": name, "providers": [provider.code for provider in served]}
    audit.record(by=by, verb="gateway-added", subject=gateway, detail=detail, at=at)
    return gateway


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
        firmware=firmware,
        battery=battery,
        signal=signal,
    )
    audit.record(by=by, verb="device-added", subject=device, detail={"serial": serial}, at=at)
    return device


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
