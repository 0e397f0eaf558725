"""A sender takes back what it should never have sent: struck through where it is stored, marked in
the tray, and otherwise remembered, so that it is not stored when it comes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeGuard

from django.db import transaction

from observations import limits, lookups
from observations.actions.readings import retract_readings
from observations.amends import corrections
from observations.amends.corrections import Found, Key
from observations.draining import retractions
from observations.draining.retractions import TakenBack
from observations.intake import payload
from observations.intake.sent import storable
from observations.models import Device

_TRIES: Final = 3


class Asked(NamedTuple):
    taken: TakenBack
    reason: str


def take_back(*, items: Sequence[Any], gateway_id: int, at: datetime) -> list[str]:
    """One outcome for each: retracted, already, not_found or rejected. Remembered first, so that
    what is stored meanwhile is either found here or not stored."""
    asked = [_asked(item, gateway_id, at) for item in items]
    retractions.remember((one.taken for one in asked if one), at=at)
    outcomes = ["rejected" if one is None else "not_found" for one in asked]
    known = {n: found for n, one in enumerate(asked) if one and (found := _find(one))}
    for n, found in known.items():
        outcomes[n] = "already" if found.struck else "retracted"
    _strike([one for one in asked if one], gateway_id, at)
    retractions.forget({one.taken for n, one in enumerate(asked) if one and n in known})
    for n, one in enumerate(asked):
        if one and n not in known and retractions.in_tray(one.taken):
            outcomes[n] = "retracted"
    return outcomes


def _strike(asked: list[Asked], gateway_id: int, at: datetime) -> None:
    """All of one reason together: a patient is judged once, not once for each. What a person moved
    to another patient just then is found there the next time."""
    for _ in range(_TRIES):
        keys: dict[str, set[Key]] = defaultdict(set)
        for one in asked:
            found = _find(one)
            if found is not None and not found.struck:
                keys[one.reason].add(found.key)
        for reason, some in keys.items():
            retract_readings(keys=some, gateway_id=gateway_id, reason=reason, at=at)
        if not keys:
            return


def _asked(item: object, gateway_id: int, at: datetime) -> Asked | None:
    if not isinstance(item, dict):
        return None
    measured_at, sender_id = payload.instant(item.get("measured_at")), item.get("id")
    whose = _whose(item.get("device"), item.get("patient"))
    if measured_at is None or whose is None or not _is_name(sender_id, limits.MAX_ID):
        return None
    if not limits.EARLIEST <= measured_at <= at + limits.ACCEPT_WINDOW:
        return None
    told = item.get("reason")
    reason = storable(told)[:200] if isinstance(told, str) else "retracted by sender"
    return Asked(TakenBack(gateway_id, *whose, sender_id, measured_at), reason)


def _whose(serial: object, patient: object) -> tuple[str, str] | None:
    """The device's serial, or whom the sender named where there was none; None for neither."""
    if serial is not None:
        return (serial, "") if _is_name(serial, limits.MAX_ID) else None
    return ("", patient.replace(" ", "")) if _is_name(patient, limits.MAX_PATIENT) else None


def _is_name(value: object, longest: int) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= longest and "\x00" not in value


def _find(asked: Asked) -> Found | None:
    """Only what this very gateway brought: nobody takes back another's reading."""
    taken = asked.taken
    device_id = _device_id(taken)
    if device_id is None:
        return None
    found = corrections.find(device_id, taken.sender_id, taken.measured_at)
    return found if found is not None and found.gateway_id == taken.gateway_id else None


def _device_id(taken: TakenBack) -> int | None:
    if taken.serial:
        return Device.objects.filter(serial=taken.serial).values_list("pk", flat=True).first()
    with transaction.atomic():  # it locks whom it asks about
        return lookups.unattended(taken.named, taken.gateway_id, taken.measured_at)
