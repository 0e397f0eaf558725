"""How a gateway says who it is: `Authorization: Bearer <key>`."""

from __future__ import annotations

from django.http import HttpRequest

from observations.intake import inbox


def key_of(request: HttpRequest) -> str:
    """Raises RefusedError (401)."""
    return key_in(request.headers.get("Authorization", ""))


def key_in(authorization: str) -> str:
    """Raises RefusedError (401)."""
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise inbox.no_such_key()
    return key.strip()
