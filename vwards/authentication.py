"""How a signed-in browser is known to the API."""

from drf_spectacular.authentication import SessionScheme
from rest_framework import authentication
from rest_framework.request import Request


class SessionAuthentication(authentication.SessionAuthentication):
    """A signed-in browser; who is not signed in gets 401, where DRF's own would say 403."""

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 — DRF's signature
        return "Session"


class SessionInSchema(SessionScheme):  # type: ignore[no-untyped-call]  # its base is untyped
    """Tells the OpenAPI schema that our class is a session all the same."""

    target_class = "vwards.authentication.SessionAuthentication"
