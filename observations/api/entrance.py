"""POST /api/v1/readings/, before Django's middleware: most of all requests are one of these.

The same parts as the view in `readings`, on the event loop: through the middleware an upload costs
ten times as much. Whatever is out of the ordinary about a request goes to Django.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

import structlog
from django.conf import settings
from django.http import HttpResponse
from django.http.request import split_domain_port, validate_host

from lib.asgi import Headers, Receive, Scope, Send
from observations import limits
from observations.api import answers, bodies
from observations.api.bodies import Announced
from observations.api.keys import key_in
from observations.intake import inbox
from observations.intake.inbox import RefusedError
from observations.intake.keeping import Upload
from observations.intake.together import together

PATH: Final = "/api/v1/readings/"
# A sender that has not finished its body by then has lost its line.
BODY_SECONDS: Final = 30.0
log = structlog.get_logger(__name__)


class _GoneError(Exception):
    """The sender went away in mid-body: nobody is left to be told."""


def is_for(scope: Scope) -> bool:
    """An upload as a gateway should send it: to a host of ours, by TLS where that is asked for."""
    if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] != PATH:
        return False
    headers = Headers(scope)
    return _is_ours(headers["host"]) and _is_secure(headers)


async def upload(scope: Scope, receive: Receive, send: Send) -> None:
    """202 with a receipt, or a problem; what was accepted is committed before it is answered."""
    headers = Headers(scope)
    try:
        kept = await _kept(headers, receive)
    except RefusedError as refused:
        await _answer(send, answers.refused(refused), unread=_is_endless(headers, refused))
    except _GoneError:
        return
    except Exception:
        log.exception("upload_failed")
        await _answer(send, answers.failed())
    else:
        await _accepted(send, kept)


async def _kept(headers: Headers, receive: Receive) -> Upload:
    key = key_in(headers["authorization"])
    announced = Announced(
        headers["content-type"], headers["content-encoding"], headers["content-length"]
    )
    try:
        bodies.check(announced)
        body = bodies.plain(await _read(receive), announced)
        understood = inbox.understood(key, body)
    except RefusedError:
        await together.check_key(key)
        raise
    await together.keep(understood)
    return understood


async def _read(receive: Receive) -> bytes:
    """No further than the limit. An upload mostly comes in one piece."""
    first = await receive()
    if not first.get("more_body"):
        return _piece(first)
    pieces = [_piece(first)]
    try:
        async with asyncio.timeout(BODY_SECONDS):
            await _read_on(pieces, receive)
    except TimeoutError:
        raise RefusedError(408, "The body did not come in time.") from None
    return b"".join(pieces)


async def _read_on(pieces: list[bytes], receive: Receive) -> None:
    size, more = len(pieces[0]), True
    while more:
        if size > limits.MAX_BODY:
            raise bodies.too_large()
        message = await receive()
        pieces.append(_piece(message))
        size += len(pieces[-1])
        more = message.get("more_body", False)


def _piece(message: dict[str, Any]) -> bytes:
    if message["type"] == "http.disconnect":
        raise _GoneError
    piece: bytes = message.get("body", b"")
    return piece


def _is_endless(headers: Headers, refused: RefusedError) -> bool:
    """A body that did not say its length, or does not come, is not waited for."""
    return refused.status in (408, 413) and not headers["content-length"]


async def _accepted(send: Send, kept: Upload) -> None:
    answers.count_accepted(kept)
    body = b'{"receipt": "%s", "received": %d}' % (str(kept.receipt).encode(), kept.readings)
    await _send(send, 202, [*_ALWAYS, _JSON, (b"content-length", b"%d" % len(body))], body)


async def _answer(send: Send, response: HttpResponse, *, unread: bool = False) -> None:
    told = [(name.lower().encode(), value.encode()) for name, value in response.items()]
    length = (b"content-length", b"%d" % len(response.content))
    close = [(b"connection", b"close")] if unread else []
    headers = [*_ALWAYS, *told, length, *close]
    await _send(send, response.status_code, headers, response.content)


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    with suppress(OSError):  # the sender has gone, and will ask or send again
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _always() -> list[tuple[bytes, bytes]]:
    """What Django's middleware would have said to a machine."""
    told = [
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", settings.SECURE_REFERRER_POLICY.encode()),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"cache-control", b"no-store"),
    ]
    if settings.SECURE_HSTS_SECONDS:
        lasts = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
        told.append((b"strict-transport-security", lasts.encode()))
    return told


@lru_cache(maxsize=64)
def _is_ours(host: str) -> bool:
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def _is_secure(headers: Headers) -> bool:
    if not settings.SECURE_SSL_REDIRECT:
        return True
    return headers["x-forwarded-proto"] == "https"


_JSON: Final = (b"content-type", b"application/json")
_ALWAYS: Final = _always()
