"""What a sender of readings is told, whichever way in the upload took, and how it is counted."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import structlog
from django.http import HttpResponse, JsonResponse
from prometheus_client import Counter

from lib.problems import ProblemResponse
from observations.intake.inbox import RefusedError
from observations.intake.keeping import Upload

log = structlog.get_logger(__name__)
_uploads: Final = Counter(
    "vwards_uploads", "Uploads of readings, by the status they were answered with", ["status"]
)
_readings: Final = Counter("vwards_readings_accepted", "Readings in uploads that were accepted")
_accepted: Final = _uploads.labels("202")


def accepted(upload: Upload) -> JsonResponse:
    count_accepted(upload)
    return JsonResponse(receipt_of(upload.receipt, upload.readings), status=202)


def receipt_of(receipt: UUID, received: int) -> dict[str, object]:
    return {"receipt": str(receipt), "received": received}


def count_accepted(upload: Upload) -> None:
    _accepted.inc()
    _readings.inc(upload.readings)


def refused(why: RefusedError) -> HttpResponse:
    """One line of log says so: a gateway that is refused all night should not go unseen."""
    _uploads.labels(str(why.status)).inc()
    log.info("upload_refused", status=why.status, why=why.message)
    return ProblemResponse(why.status, why.message, retry_after=why.retry_after)


def failed() -> HttpResponse:
    """Our own fault. What was sent may be kept or not: sent again, it is stored once."""
    _uploads.labels("500").inc()
    return ProblemResponse(500, "Something went wrong here; send it again.", retry_after=30)


def wrong_verb() -> HttpResponse:
    response = ProblemResponse(405, "Readings are sent with POST.")
    response["Allow"] = "POST"
    return response
