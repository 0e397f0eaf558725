"""Observations as another system writes them."""

import datetime as dt
import itertools
import json
from typing import Any

from django.test import Client

from observations.models import Device
from tests.observations.factories import NORMAL

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
SERIAL = "urn:x-virtual-wards:device-serial"
CODES = {
    "respiratory_rate": (LOINC, "9279-1", "/min"),
    "spo2": (LOINC, "59408-5", "%"),
    "systolic": (LOINC, "8480-6", "mm[Hg]"),
    "diastolic": (LOINC, "8462-4", "mm[Hg]"),
    "pulse": (SNOMED, "78564009", "/min"),
    "temperature": (LOINC, "8310-5", "Cel"),
    "weight": (LOINC, "29463-7", "kg"),
}
_WHO = (("device", "device"), ("patient", "subject"))
_numbers = itertools.count(1)


def code(system: str, value: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": value}]}


def quantity(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def observation(
    device: Device | str | None, kind: str, at: dt.datetime, value: Any = None, /, **more: Any
) -> dict[str, Any]:
    """One value of one kind; `None` leaves an element out."""
    system, coded, unit = CODES[kind]
    told = _frame(device, at) | {
        "code": code(system, coded),
        "valueQuantity": quantity(NORMAL[kind] if value is None else value, unit),
    }
    return {name: given for name, given in (told | more).items() if given is not None}


def panel(
    device: Device | str | None,
    at: dt.datetime,
    systolic: float = 124,
    diastolic: float = 78,
    /,
    **more: Any,
) -> dict[str, Any]:
    halves = (("systolic", systolic), ("diastolic", diastolic))
    told = _frame(device, at) | {
        "code": code(LOINC, "85354-9"),
        "component": [
            {"code": code(*CODES[kind][:2]), "valueQuantity": quantity(value, "mm[Hg]")}
            for kind, value in halves
        ],
    }
    return {name: given for name, given in (told | more).items() if given is not None}


def as_plain(told: dict[str, Any], kind: str) -> dict[str, Any]:
    """The same reading as the plain API takes it."""
    who = {name: told[fhir] for name, fhir in _WHO if fhir in told}
    return {name: one["identifier"]["value"] for name, one in who.items()} | {
        "id": told["identifier"][0]["value"],
        "kind": kind,
        "value": told["valueQuantity"]["value"],
        "unit": told["valueQuantity"]["code"],
        "measured_at": told["effectiveDateTime"],
    }


def bundle(*resources: Any, kind: str = "batch", **request: str) -> dict[str, Any]:
    asked = {"method": "POST", "url": "Observation"} | request
    entries = [{"resource": one, "request": asked} for one in resources]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def post(key: str, resource: Any, path: str = "/Observation", **headers: str) -> Any:
    """As a gateway does; bytes go as they are."""
    body = resource if isinstance(resource, bytes) else json.dumps(resource).encode()
    return Client().post(
        f"/fhir/R4{path}",
        data=body,
        content_type="application/fhir+json",
        headers={"Authorization": f"Bearer {key}", **headers},
    )


def _frame(device: Device | str | None, at: dt.datetime) -> dict[str, Any]:
    told: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "final",
        "identifier": [{"system": "urn:test", "value": f"o-{next(_numbers)}"}],
        "effectiveDateTime": at.isoformat(),
    }
    if device is not None:
        serial = device if isinstance(device, str) else device.serial
        told["device"] = {"identifier": {"system": SERIAL, "value": serial}}
    return told
