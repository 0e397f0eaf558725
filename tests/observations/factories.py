"""Gateways, keys, kit and uploads for the tests."""

import datetime as dt
import itertools
import json
from collections.abc import Iterable
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.models import User
from capacity.models import Provider
from lib.ids import uuid7
from observations.actions.devices import issue_device
from observations.actions.keys import issue_key
from observations.models import Device, Gateway, GatewayProvider, Supplier, UnclaimedReading
from patients.models import Admission, Place

SINCE = dt.date(2020, 1, 1)
SEVEN = (
    "respiratory_rate",
    "spo2",
    "oxygen",
    "systolic",
    "pulse",
    "consciousness",
    "temperature",
)
NORMAL: dict[str, Any] = {
    "respiratory_rate": 16,
    "spo2": 97,
    "oxygen": "air",
    "systolic": 124,
    "diastolic": 78,
    "pulse": 72,
    "consciousness": "A",
    "temperature": 36.8,
    "weight": 81.2,
    "glucose": 6.1,
    "peak_flow": 410,
    "pain": 2,
}
UNITS = {
    "respiratory_rate": "/min",
    "spo2": "%",
    "systolic": "mmHg",
    "diastolic": "mmHg",
    "pulse": "/min",
    "temperature": "Cel",
    "weight": "kg",
    "glucose": "mmol/L",
    "peak_flow": "L/min",
}
_numbers = itertools.count(1)


def make_supplier(name: str = "Spirit Health") -> Supplier:
    return Supplier.objects.get_or_create(name=name)[0]


def make_gateway(*providers: Provider, name: str = "", supplier: Supplier | None = None) -> Gateway:
    """A gateway that serves these providers; none given: every provider there is."""
    gateway = Gateway.objects.create(
        supplier=supplier or make_supplier(), name=name or f"gateway {next(_numbers)}"
    )
    for provider in providers or Provider.objects.all():
        GatewayProvider.objects.create(gateway=gateway, provider=provider, starts=SINCE)
    return gateway


def make_key(
    gateway: Gateway | None = None,
    *,
    at: dt.datetime | None = None,
    expires_at: dt.datetime | None = None,
) -> str:
    issued = at or dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    return issue_key(gateway=gateway or make_gateway(), by=None, expires_at=expires_at, at=issued)


def make_hub(
    kinds: Iterable[str] = SEVEN,
    *,
    provider: Provider | None = None,
    serial: str = "",
    place: Place | None = None,
) -> Device:
    """A device in store; with a `place`, one that is shared there."""
    return Device.objects.create(
        serial=serial or f"HUB-{next(_numbers):05}",
        supplier=make_supplier(),
        provider=provider or Provider.objects.order_by("pk")[0],
        model="CliniTouch hub",
        use=Device.Use.SHARED if place else Device.Use.PERSONAL,
        place=place,
        kinds=list(kinds),
    )


def make_held_hub(
    admission: Admission,
    *,
    by: User,
    at: dt.datetime | None = None,
    kinds: Iterable[str] = SEVEN,
    serial: str = "",
) -> Device:
    """A device that this admission holds since it began, or since `at`."""
    hub = make_hub(kinds, provider=admission.ward.lead_provider, serial=serial)
    issue_device(device=hub, admission=admission, by=by, at=at or admission.admitted_at)
    return hub


def reading(
    device: Device | str | None,
    kind: str,
    value: object,
    measured_at: dt.datetime | str,
    **more: Any,
) -> dict[str, Any]:
    """One reading as a gateway sends it, its unit filled in; `unit=None` leaves it out."""
    told = measured_at if isinstance(measured_at, str) else measured_at.isoformat()
    sent = {"id": f"r-{next(_numbers)}", "kind": kind, "value": value, "measured_at": told}
    if device is not None:
        sent["device"] = device if isinstance(device, str) else device.serial
    if kind in UNITS:
        sent["unit"] = UNITS[kind]
    return {name: given for name, given in (sent | more).items() if given is not None}


def make_set(
    device: Device | str | None, measured_at: dt.datetime, **values: Any
) -> list[dict[str, Any]]:
    """A normal set of the seven with these values instead; None leaves a kind out."""
    chosen = {kind: NORMAL[kind] for kind in SEVEN} | values
    return [
        reading(device, kind, value, measured_at)
        for kind, value in chosen.items()
        if value is not None
    ]


def body_of(readings: Iterable[dict[str, Any]], *, sent_at: dt.datetime | None = None) -> bytes:
    told = {} if sent_at is None else {"sent_at": sent_at.isoformat()}
    return json.dumps(told | {"readings": list(readings)}).encode()


def post(key: str, readings: Iterable[dict[str, Any]] | bytes, **headers: str) -> Any:
    """POST /api/v1/readings/ as a gateway does; bytes go as they are."""
    body = readings if isinstance(readings, bytes) else body_of(readings)
    return Client().post(
        "/api/v1/readings/",
        data=body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}", **headers},
    )


def post_set(key: str, device: Device, measured_at: dt.datetime, **values: Any) -> str:
    """Post a set through the API and drain it; the receipt's id."""
    from observations.draining import drain

    answer = post(key, make_set(device, measured_at, **values))
    assert answer.status_code == 202, answer.content
    drain.drain_all()
    return str(answer.json()["receipt"])


def make_unclaimed(
    admission: Admission,
    *,
    kind: str = "pulse",
    value: float = 72,
    measured_at: dt.datetime | None = None,
    serial: str = "HUB-UNKNOWN",
    **more: Any,
) -> UnclaimedReading:
    """A reading in the tray of this patient's ward, of whom it may be."""
    at = measured_at or timezone.now() - dt.timedelta(minutes=2)
    sent = reading(serial, kind, value, at)
    facts: dict[str, Any] = {"why": "unknown_device", "candidates": [admission.pk]} | more
    return UnclaimedReading.objects.create(
        gateway_id=0,
        serial=serial,
        ward=admission.ward,
        sender_id=sent["id"],
        kind=kind,
        number=value,
        as_sent=sent,
        measured_at=at,
        received_at=at,
        receipt=uuid7(),
        **facts,
    )
