"""Django's pages on the event loop: what a request looks like to WSGI, and what comes back."""

import asyncio
from io import BytesIO
from typing import Any

import pytest

from vwards import pages
from vwards.pages import Pages, environ_of

SCOPE: dict[str, Any] = {
    "type": "http",
    "method": "POST",
    "path": "/wards/é/",
    "query_string": b"q=%C3%A9",
    "http_version": "1.1",
    "scheme": "http",
    "server": ("127.0.0.1", 8000),
    "client": ("10.0.0.9", 4711),
    "headers": [
        (b"host", b"localhost"),
        (b"content-type", b"text/plain"),
        (b"content-length", b"5"),
        (b"cookie", b"a=1"),
        (b"x-forwarded-proto", b"http"),
        (b"x_forwarded_proto", b"https"),
    ],
}


def asked(wsgi, *pieces: bytes) -> list[dict[str, Any]]:
    """All that was sent in answer to a request whose body comes in these pieces."""
    waiting = [{"type": "http.request", "body": one, "more_body": True} for one in pieces]
    waiting[-1]["more_body"] = False
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(Pages(wsgi, threads=1)(SCOPE, receive, send))
    return sent


def test_wsgi_is_told_the_request_in_its_own_words():
    environ = environ_of(SCOPE, b"hello")
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/wards/é/"
    assert (environ["REMOTE_ADDR"], environ["CONTENT_LENGTH"]) == ("10.0.0.9", "5")
    assert (environ["CONTENT_TYPE"], environ["HTTP_COOKIE"]) == ("text/plain", "a=1")
    assert isinstance(environ["wsgi.input"], BytesIO)


def test_a_header_cannot_be_forged_with_an_underscore():
    """X_Forwarded_Proto would make plain HTTP pass for TLS."""
    assert environ_of(SCOPE, b"")["HTTP_X_FORWARDED_PROTO"] == "http"


def test_the_length_is_of_what_came_and_not_of_what_was_said():
    assert environ_of(SCOPE, b"longer than said")["CONTENT_LENGTH"] == "16"


def test_the_answer_comes_back_whole_and_its_pieces_are_closed():
    closed = []

    class Pieces(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    def wsgi(environ, start_response):
        start_response("201 Created", [("X-One", "1"), ("Set-Cookie", "a"), ("Set-Cookie", "b")])
        return Pieces([environ["wsgi.input"].read(), b" too"])

    start, body = asked(wsgi, b"me", b" and")
    cookies = [(b"set-cookie", b"a"), (b"set-cookie", b"b")]
    assert (start["status"], start["headers"]) == (201, [(b"x-one", b"1"), *cookies])
    assert body["body"] == b"me and too"
    assert closed == [True]


def test_a_body_beyond_any_form_is_refused_unread(monkeypatch):
    monkeypatch.setattr(pages, "MAX_BODY", 10)

    def wsgi(_environ, _start_response):
        pytest.fail("it must not get here")

    start, _body = asked(wsgi, b"123456", b"123456", b"and more")
    assert start["status"] == 413
    assert (b"connection", b"close") in start["headers"]


def test_a_request_that_ends_early_is_answered_by_nobody():
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Pages(lambda *_: [])(SCOPE, receive, send))
    assert sent == []
