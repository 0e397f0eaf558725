"""GET /api/v1/receipts/<uuid>/: what became of each reading of an upload, for who sent it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from lib.ids import moment_of
from lib.problems import ProblemResponse
from observations import limits
from observations.api.keys import key_of
from observations.intake import inbox, payload
from observations.intake.inbox import RefusedError
from observations.models import Inbox, Receipt

Line = dict[str, Any]


@require_safe
def receipt_show(request: HttpRequest, receipt: UUID) -> HttpResponse:
    """Its own gateway's receipts only; anybody else's do not exist. Gone after 30 days."""
    try:
        gateway_id = inbox.check_key(key_of(request))
    except RefusedError as refused:
        return ProblemResponse(refused.status, refused.message)
    lines = _lines(receipt, gateway_id)
    if lines is None:
        return _missing(receipt, timezone.now())
    return JsonResponse(_answer(lines))


def _lines(receipt: UUID, gateway_id: int) -> list[Line] | None:
    # The inbox first: what leaves it between the two questions is found by the second.
    waiting = Inbox.objects.filter(receipt=receipt, gateway_id=gateway_id).first()
    if waiting is not None:
        return _pending(waiting)
    done = Receipt.objects.filter(pk=receipt, gateway_id=gateway_id).first()
    return None if done is None else _done(done)


def _done(receipt: Receipt) -> list[Line]:
    told = zip(receipt.ids, receipt.outcomes, receipt.whys, strict=True)
    return [
        _line(index, sender_id, Receipt.Outcome(outcome).label, why)
        for index, (sender_id, outcome, why) in enumerate(told)
    ]


def _pending(waiting: Inbox) -> list[Line]:
    why = "parked" if waiting.parked_at else ""
    readings = payload.decode_again(bytes(waiting.body)).readings
    return [_line(index, _sender_id(item), None, why) for index, item in enumerate(readings)]


def _line(index: int, sender_id: str, outcome: str | None, why: str) -> Line:
    return {"index": index, "id": sender_id, "outcome": outcome, "why": why}


def _sender_id(item: object) -> str:
    told = item.get("id") if isinstance(item, dict) else None
    return told if isinstance(told, str) else ""


def _answer(lines: Sequence[Line]) -> dict[str, Any]:
    """The five counts and `pending` add up to `received`."""
    counted = Counter(line["outcome"] for line in lines)
    counts = {label: counted[label] for label in Receipt.Outcome.labels}
    return {
        "received": len(lines),
        "pending": counted[None],
        "counts": counts,
        "readings": list(lines),
    }


def _missing(receipt: UUID, now: dt.datetime) -> HttpResponse:
    if receipt.version == 7 and moment_of(receipt) < now - limits.RECEIPTS_KEPT:
        return ProblemResponse(410, "Receipts are kept for 30 days.")
    return ProblemResponse(404, "There is no such receipt.")
