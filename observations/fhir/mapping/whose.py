"""Of which patient and device an Observation speaks: by number, serial, token or reference."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from uuid import UUID

from observations.fhir.mapping import coding
from observations.fhir.mapping.outcomes import FaultError, Issue
from observations.fhir.mapping.shapes import Identifier, Observation, Reference

_LOCAL: Final = re.compile(r"(?:^|/)(Patient|Device)/([A-Za-z0-9\-.]{1,64})(?:/_history/[^/]*)?$")
_BIGINT: Final = 2**63


class Who(NamedTuple):
    """Names as they stand; `…_id` where only our own id was told, for somebody to look up."""

    device: str = ""
    device_id: int | None = None
    patient: str = ""
    patient_id: UUID | None = None


def who(told: Observation) -> Who:
    """Raises FaultError (422)."""
    device, device_id = _device(told)
    patient, patient_id = _patient(told)
    if not (device or patient):
        text = "Name the device, the subject, or both."
        raise FaultError(422, Issue("required", text, "Observation.subject"))
    return Who(device, device_id, patient, patient_id)


def _device(told: Observation) -> tuple[str, int | None]:
    if told.device is None:
        return "", None
    known = _identifier(told.device, told)
    if known is not None and known.value:
        return known.value, None
    found = _own_id(told.device, "Device")
    if not (found.isascii() and found.isdigit() and int(found) < _BIGINT):
        raise _unclear("device", "the serial number as its identifier, or Device/<id>")
    return told.device.reference, int(found)


def _patient(told: Observation) -> tuple[str, UUID | None]:
    if told.subject is None:
        return "", None
    known = _identifier(told.subject, told)
    if known is not None and known.value:
        if known.system not in (coding.NHS_NUMBER, coding.ENROLMENT):
            raise _unclear("subject.identifier", "an NHS number or an enrolment token")
        return known.value, None
    try:
        found = UUID(_own_id(told.subject, "Patient"))
    except ValueError:
        raise _unclear("subject", "the NHS number as its identifier, or Patient/<id>") from None
    return f"Patient/{found}", found


def _identifier(told: Reference, of: Observation) -> Identifier | None:
    """Its own, or that of the contained resource which it points to."""
    if told.identifier is not None or not told.reference.startswith("#"):
        return told.identifier
    inside = (one for one in of.contained if one.id == told.reference[1:])
    return next((known for one in inside for known in one.identifier if known.value), None)


def _own_id(told: Reference, wanted: str) -> str:
    found = _LOCAL.search(told.reference)
    return found[2] if found and found[1] == wanted else ""


def _unclear(path: str, wanted: str) -> FaultError:
    return FaultError(422, Issue("value", f"Give {wanted}.", f"Observation.{path}"))
