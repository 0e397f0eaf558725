"""POST /api/v1/readings/: where every device's reading comes in.

A plain view with a parser of its own: through DRF and an ORM token the same work takes four times
as long.
"""

from __future__ import annotations

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from lib.problems import ProblemResponse
from observations.api.bodies import body_of
from observations.api.keys import key_of
from observations.intake import inbox, wakeups
from observations.intake.inbox import RefusedError

log = structlog.get_logger(__name__)


@csrf_exempt
def reading_create(request: HttpRequest) -> HttpResponse:
    """202 with a receipt, or a problem; what was accepted is committed before it is answered."""
    if request.method != "POST":
        return _method_not_allowed()
    try:
        return _accept(request)
    except RefusedError as refused:
        return ProblemResponse(refused.status, refused.message, retry_after=refused.retry_after)
    except (OperationalError, InterfaceError):
        # Perhaps it was kept after all: sent again, it is a duplicate and stored once.
        log.exception("database_away")
        return ProblemResponse(503, "The database cannot be reached.", retry_after=10)


def _accept(request: HttpRequest) -> HttpResponse:
    key = key_of(request)
    try:
        body = body_of(request)
    except RefusedError:
        inbox.check_key(key)
        raise
    accepted = inbox.accept(key=key, body=body, allowed=_may_send)
    wakeups.accepted(accepted.gateway_id, accepted.received)
    receipt = {"receipt": str(accepted.receipt), "received": accepted.received}
    return JsonResponse(receipt, status=202)


def _may_send(gateway_id: int) -> bool:
    return wakeups.sent_this_minute(gateway_id) < settings.KEY_READINGS_A_MINUTE


def _method_not_allowed() -> HttpResponse:
    response = ProblemResponse(405, "Readings are sent with POST.")
    response["Allow"] = "POST"
    return response
