"""The words of ASGI, typed, and a request's headers by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Headers:
    """A header by its lower-case name; the last where it came twice, empty where it did not."""

    def __init__(self, scope: Scope) -> None:
        self._told: dict[bytes, bytes] = dict(scope["headers"])

    def __getitem__(self, name: str) -> str:
        return self._told.get(name.encode(), b"").decode("latin-1")
