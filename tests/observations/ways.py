"""The two ways by which an upload comes in: at the entrance, and through Django's own view."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from observations.api import entrance
from observations.intake import inbox, together
from observations.intake.keeping import Upload
from tests.observations import factories


@dataclass(frozen=True)
class Told:
    """What the entrance answered, read as the answers of Django's test client are."""

    status_code: int
    headers: dict[str, str]
    content: bytes

    def __getitem__(self, name: str) -> str:
        return self.headers[name.lower()]

    def json(self) -> Any:
        return json.loads(self.content)


class Here(together.Together):
    """Keeps at once and in this thread, on the connection of the test's transaction."""

    async def keep(self, upload: Upload) -> None:
        (refused,) = self._outcomes([upload])
        if refused is not None:
            raise refused

    async def check_key(self, key: str) -> None:
        inbox.check_key(key)


def scope_of(headers: dict[str, str], **more: Any) -> dict[str, Any]:
    told = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": entrance.PATH, "headers": told}
    return scope | more


def post_at_entrance(key: str, readings: Iterable[dict[str, Any]] | bytes, **headers: str) -> Told:
    body = readings if isinstance(readings, bytes) else factories.body_of(readings)
    named = {"Host": "localhost", "Content-Type": "application/json"}
    named |= {"Authorization": f"Bearer {key}", "Content-Length": str(len(body))}
    return knock(scope_of(named | headers), [body])


def knock(scope: dict[str, Any], pieces: list[bytes]) -> Told:
    """Run it to its end without an event loop: nothing in it has to wait for anything."""
    assert entrance.is_for(scope)
    waiting = [{"type": "http.request", "body": one, "more_body": True} for one in pieces]
    waiting[-1]["more_body"] = False
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    with pytest.raises(StopIteration):
        entrance.upload(scope, receive, send).send(None)
    start, body = sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return Told(start["status"], headers, body["body"])


WAYS: dict[str, Callable[..., Any]] = {
    "at the entrance": post_at_entrance,
    "through Django": factories.post,
}
