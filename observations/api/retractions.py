"""POST /api/v1/retractions/: a sender takes back what it should never have sent."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from lib.problems import ProblemResponse
from observations import limits
from observations.actions.retractions import take_back
from observations.api.bodies import body_of
from observations.api.keys import key_of
from observations.intake import inbox, payload
from observations.intake.inbox import RefusedError


@csrf_exempt
def retraction_create(request: HttpRequest) -> HttpResponse:
    """`{"readings": [{"id", "device", "measured_at", "reason"}]}` → one outcome for each:
    retracted, already, not_found or rejected. What is not found yet is not stored when it comes."""
    if request.method != "POST":
        return ProblemResponse(405, "Retractions are sent with POST.")
    try:
        gateway_id = inbox.check_key(key_of(request))
        readings = _readings(body_of(request))
    except RefusedError as refused:
        return ProblemResponse(refused.status, refused.message, retry_after=refused.retry_after)
    told = take_back(items=readings, gateway_id=gateway_id, at=timezone.now())
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
