"""The body of an upload: of the right type, within the limit, unzipped where it was zipped."""

from __future__ import annotations

import zlib
from typing import Final, NamedTuple

from django.http import HttpRequest
from django.http.request import UnreadablePostError

from observations import limits
from observations.intake.inbox import RefusedError

JSON: Final = "application/json"
_TOO_LARGE: Final = "The body is larger than 1 MiB."
# Of a length that need not be read as a number to be too large.
_DIGITS: Final = 18


class Announced(NamedTuple):
    """What the headers say of a body: Content-Type, Content-Encoding, Content-Length."""

    content_type: str
    encoding: str
    length: str


def check(announced: Announced) -> None:
    """Before anything of it is read; raises RefusedError."""
    if announced.content_type.partition(";")[0].strip().lower() != JSON:
        raise RefusedError(415, f"Send {JSON}.")
    if announced.encoding.lower() not in ("", "identity", "gzip"):
        raise RefusedError(415, "The body may be plain or gzip.")
    if announced.length and not (announced.length.isascii() and announced.length.isdigit()):
        raise RefusedError(400, "Content-Length is not a number.")
    if len(announced.length) > _DIGITS or int(announced.length or 0) > limits.MAX_BODY:
        raise too_large()


def plain(body: bytes, announced: Announced) -> bytes:
    return _unzipped(body) if announced.encoding.lower() == "gzip" else body


def body_of(request: HttpRequest) -> bytes:
    """Read no further than the limit: a body that says or proves to be larger is refused, by
    RefusedError."""
    announced = announced_by(request)
    check(announced)
    try:
        body = request.read(limits.MAX_BODY + 1)
    except UnreadablePostError:
        raise cut_short() from None
    if len(body) > limits.MAX_BODY:
        raise too_large()
    return plain(body, announced)


def announced_by(request: HttpRequest) -> Announced:
    meta = request.META
    length = str(meta.get("CONTENT_LENGTH") or "")
    return Announced(meta.get("CONTENT_TYPE", ""), meta.get("HTTP_CONTENT_ENCODING", ""), length)


def too_large() -> RefusedError:
    return RefusedError(413, _TOO_LARGE)


def cut_short() -> RefusedError:
    return RefusedError(400, "The body ended before it was complete.")


def _unzipped(body: bytes) -> bytes:
    """A kilobyte can hold a gigabyte: stop at the limit. What follows its end is somebody's too."""
    unzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        unzipped = unzip.decompress(body, limits.MAX_BODY + 1)
    except zlib.error:
        raise RefusedError(400, "The body is not gzip.") from None
    if len(unzipped) > limits.MAX_BODY:
        raise too_large()
    if not unzip.eof or unzip.unused_data:
        raise RefusedError(400, "The body is not gzip.")
    return unzipped
