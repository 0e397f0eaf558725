"""Gives every page the top bar of the person who is signed in."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import desks
from accounts.middleware import WARD_KEY


def navigation(request: HttpRequest) -> dict[str, object]:
    """Lazy: a fragment that shows no top bar asks for nobody's memberships."""
    return {
        "nav": SimpleLazyObject(lambda: _entries(request)),
        "find_url": SimpleLazyObject(lambda: _find_address(request)),
    }


def _entries(request: HttpRequest) -> list[desks.NavEntry]:
    user = getattr(request, "user", None)
    if user is None:
        return []
    return desks.entries(user, path=request.path, ward=request.session.get(WARD_KEY, ""))


def _find_address(request: HttpRequest) -> str:
    """Where a patient is looked for; empty for whoever may see none."""
    user = getattr(request, "user", None)
    return desks.find_address(user) if user is not None else ""
