"""How a gateway says who it is: `Authorization: Bearer <key>`."""

from __future__ import annotations

from django.http import HttpRequest

from observations.intake import inbox


def key_of(request: HttpRequest) -> str:
    """Raises RefusedError (401)."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise inbox.no_such_key()
    return key.strip()
