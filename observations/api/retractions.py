"""POST /api/v1/retractions/: a sender takes back what it should never have sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from lib.problems import ProblemResponse
from observations import corrections, inbox, limits, lookups, payload
from observations.actions.readings import retract_reading
from observations.api.bodies import body_of
from observations.api.keys import key_of
from observations.corrections import Key
from observations.inbox import RefusedError
from observations.models import Device


@csrf_exempt
def retraction_create(request: HttpRequest) -> HttpResponse:
    """`{"readings": [{"id", "device", "measured_at", "reason"}]}` → one outcome for each:
    retracted, already, not_found or rejected."""
    if request.method != "POST":
        return ProblemResponse(405, "Retractions are sent with POST.")
    try:
        gateway_id = inbox.check_key(key_of(request))
        readings = _readings(body_of(request))
    except RefusedError as refused:
        return ProblemResponse(refused.status, refused.message, retry_after=refused.retry_after)
    now = timezone.now()
    told = [_retract(item, gateway_id, now) for item in readings]
    lines = [{"index": index, "outcome": outcome} for index, outcome in enumerate(told)]
    return JsonResponse({"received": len(lines), "readings": lines})


def _readings(body: bytes) -> list[Any]:
    try:
        readings = payload.decode(body).readings
    except payload.MalformedError as error:
        raise RefusedError(400, str(error)) from None
    if len(readings) > limits.MAX_READINGS:
        raise RefusedError(413, "There are more than 1,000 retractions; send them in parts.")
    return readings


def _retract(item: object, gateway_id: int, at: datetime) -> str:
    if not isinstance(item, dict):
        return "rejected"
    measured_at, sender_id = payload.instant(item.get("measured_at")), item.get("id")
    if measured_at is None or not isinstance(sender_id, str) or "\x00" in sender_id:
        return "rejected"
    key = _find(item, sender_id, measured_at, gateway_id)
    if key is None:
        return "not_found"
    reason = item.get("reason")
    told = payload.without_nul(reason)[:200] if isinstance(reason, str) else "retracted by sender"
    done = retract_reading(key=key, gateway_id=gateway_id, reason=told, at=at)
    return "retracted" if done else "already"


def _find(
    item: dict[str, Any], sender_id: str, measured_at: datetime, gateway_id: int
) -> Key | None:
    """Only what this very gateway brought: nobody takes back another's reading."""
    device_id = _device_id(item, gateway_id, measured_at)
    found = None if device_id is None else corrections.find(device_id, sender_id, measured_at)
    return found[0] if found is not None and found[1] == gateway_id else None


def _device_id(item: dict[str, Any], gateway_id: int, measured_at: datetime) -> int | None:
    serial, patient = item.get("device"), item.get("patient")
    if isinstance(serial, str) and "\x00" not in serial:
        return Device.objects.filter(serial=serial).values_list("pk", flat=True).first()
    if isinstance(patient, str) and "\x00" not in patient:
        with transaction.atomic():  # it locks whom it asks about
            return lookups.unattended(patient.replace(" ", ""), gateway_id, measured_at)
    return None
