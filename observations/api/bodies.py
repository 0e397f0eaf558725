"""The body of an upload: of the right type, within the limit, unzipped where it was zipped."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Final

from django.http import HttpRequest
from django.http.request import UnreadablePostError

from observations import limits
from observations.intake.inbox import RefusedError

JSON: Final = "application/json"
_TOO_LARGE: Final = "The body is larger than 1 MiB."


def body_of(request: HttpRequest, *, types: Sequence[str] = (JSON,)) -> bytes:
    """Read no further than the limit: a body that says or proves to be larger is refused, by
    RefusedError."""
    if request.content_type not in types:
        raise RefusedError(415, f"Send {types[0]}.")
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
