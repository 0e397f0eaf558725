"""POST /api/v1/readings/: where every device's reading comes in.

A plain view with a parser of its own: through DRF and an ORM token the same work takes four times
as long.
"""

from __future__ import annotations

import zlib
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from lib.problems import ProblemResponse
from observations import inbox, limits, wakeups
from observations.inbox import RefusedError

JSON: Final = "application/json"
_TOO_LARGE: Final = "The body is larger than 1 MiB."


@csrf_exempt
def reading_create(request: HttpRequest) -> HttpResponse:
    """202 with a receipt, or a problem; what was accepted is committed before it is answered."""
    if request.method != "POST":
        return _method_not_allowed()
    try:
        return _accept(request)
    except RefusedError as refused:
        return ProblemResponse(refused.status, refused.message, retry_after=refused.retry_after)


def _accept(request: HttpRequest) -> HttpResponse:
    key = _key(request)
    try:
        body = _body(request)
    except RefusedError:
        inbox.check_key(key)
        raise
    accepted = inbox.accept(key=key, body=body, allowed=_may_send)
    wakeups.accepted(accepted.gateway_id, accepted.received)
    receipt = {"receipt": str(accepted.receipt), "received": accepted.received}
    return JsonResponse(receipt, status=202)


def _may_send(gateway_id: int) -> bool:
    return wakeups.sent_this_minute(gateway_id) < settings.KEY_READINGS_A_MINUTE


def _key(request: HttpRequest) -> str:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise inbox.no_such_key()
    return key.strip()


def _body(request: HttpRequest) -> bytes:
    """Read no further than the limit: a body that says or proves to be larger is refused."""
    if request.content_type != JSON:
        raise RefusedError(415, f"Send {JSON}.")
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding not in ("identity", "gzip"):
        raise RefusedError(415, "The body may be plain or gzip.")
    if _declared(request) > limits.MAX_BODY:
        raise RefusedError(413, _TOO_LARGE)
    body = _read(request)
    return _unzipped(body) if encoding == "gzip" else body


def _declared(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise RefusedError(400, "Content-Length is not a number.") from None


def _read(request: HttpRequest) -> bytes:
    try:
        body = request.read(limits.MAX_BODY + 1)
    except UnreadablePostError:
        raise RefusedError(400, "The body ended before it was complete.") from None
    if len(body) > limits.MAX_BODY:
        raise RefusedError(413, _TOO_LARGE)
    return body


def _unzipped(body: bytes) -> bytes:
    """A kilobyte can hold a gigabyte: stop at the limit."""
    unzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        plain = unzip.decompress(body, limits.MAX_BODY + 1)
    except zlib.error:
        raise RefusedError(400, "The body is not gzip.") from None
    if len(plain) > limits.MAX_BODY:
        raise RefusedError(413, _TOO_LARGE)
    if not unzip.eof:
        raise RefusedError(400, "The body is not gzip.")
    return plain


def _method_not_allowed() -> HttpResponse:
    response = ProblemResponse(405, "Readings are sent with POST.")
    response["Allow"] = "POST"
    return response
