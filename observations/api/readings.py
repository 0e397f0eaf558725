"""POST /api/v1/readings/ as a page of Django's: what takes no shorter way comes in here.

Gateways are answered by `entrance` before Django's middleware is asked; this view serves whatever
entrance leaves alone and any server that knows Django only, with the same parts.
"""

from __future__ import annotations

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from observations.api import answers
from observations.api.bodies import body_of
from observations.api.keys import key_of
from observations.intake import inbox, together
from observations.intake.inbox import RefusedError
from observations.intake.keeping import Upload

log = structlog.get_logger(__name__)


@csrf_exempt
def reading_create(request: HttpRequest) -> HttpResponse:
    """202 with a receipt, or a problem; what was accepted is committed before it is answered."""
    if request.method != "POST":
        return answers.wrong_verb()
    try:
        return answers.accepted(_kept(request))
    except RefusedError as refused:
        return answers.refused(refused)
    except (OperationalError, InterfaceError):
        log.exception("database_away")
        return answers.refused(together.database_away())


def _kept(request: HttpRequest) -> Upload:
    key = key_of(request)
    try:
        upload = inbox.understood(key, body_of(request))
    except RefusedError:
        inbox.check_key(key)
        raise
    (refused,) = inbox.take([upload])
    if refused is not None:
        raise refused
    return upload
