"""Gives every page the top bar of the person who is signed in."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import desks


def navigation(request: HttpRequest) -> dict[str, object]:
    """Lazy: a fragment that shows no top bar asks for nobody's memberships."""
    return {"nav": SimpleLazyObject(lambda: _entries(request))}


def _entries(request: HttpRequest) -> list[desks.NavEntry]:
    user = getattr(request, "user", None)
    return desks.entries(user, path=request.path) if user is not None else []
