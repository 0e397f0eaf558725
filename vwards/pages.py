"""Django on the event loop: each request is a WSGI call in one of a few lasting threads.

Django's own ASGI handler gives each request a thread of its own, and with it a new connection to
the database. Here the body is read first and the answer is handed back whole, so that a slow line
keeps no thread from a clinician.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any, Final, NamedTuple

from lib.asgi import Receive, Scope, Send

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
THREADS: Final = 8
# More than any form or bundle may be; Django has limits of its own below it.
MAX_BODY: Final = 4 * 1024 * 1024
BODY_SECONDS: Final = 30.0
_TOO_LARGE: Final = (413, [(b"content-type", b"text/plain")], b"Too large.\n")


class Answer(NamedTuple):
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Pages:
    """An ASGI application around a WSGI one."""

    def __init__(self, wsgi: Wsgi, *, threads: int = THREADS) -> None:
        self._wsgi = wsgi
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="pages")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await _read(receive)
        except (TimeoutError, ConnectionError):
            return
        if body is None:
            await _send(send, Answer(*_TOO_LARGE), close=True)
            return
        loop, environ = asyncio.get_running_loop(), environ_of(scope, body)
        await _send(send, await loop.run_in_executor(self._threads, _called, self._wsgi, environ))


def environ_of(scope: Scope, body: bytes) -> Environ:
    """PEP 3333's words for a request. The length is that of what came, chunked or not."""
    server, client = scope.get("server") or ("localhost", 80), scope.get("client") or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": client[0],
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in _headers(scope):
        environ[name] = f"{environ[name]},{value}" if name in environ else value
    return environ


def _headers(scope: Scope) -> Iterable[tuple[str, str]]:
    for name, value in scope["headers"]:
        # X_Forwarded_Proto would pass for X-Forwarded-Proto, which only the proxy may say.
        if b"_" in name or name == b"content-length":
            continue
        told = name.decode("latin-1").upper().replace("-", "_")
        yield (
            ("CONTENT_TYPE" if told == "CONTENT_TYPE" else f"HTTP_{told}"),
            value.decode("latin-1"),
        )


def _called(wsgi: Wsgi, environ: Environ) -> Answer:
    told: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_error: Any) -> None:
        named = [(name.lower().encode("latin-1"), one.encode("latin-1")) for name, one in headers]
        told[:] = [int(status.split(" ", 1)[0]), named]

    pieces = wsgi(environ, start_response)
    try:
        body = b"".join(pieces)
    finally:
        # Django ends the request here, and gives its connection back.
        getattr(pieces, "close", lambda: None)()
    return Answer(told[0], told[1], body)


async def _read(receive: Receive) -> bytes | None:
    """All of it; None where it is too large."""
    body = bytearray()
    async with asyncio.timeout(BODY_SECONDS):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ConnectionError
            body += message.get("body", b"")
            if len(body) > MAX_BODY:
                return None
            if not message.get("more_body"):
                return bytes(body)


async def _send(send: Send, answer: Answer, *, close: bool = False) -> None:
    headers = [*answer.headers, (b"connection", b"close")] if close else answer.headers
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
