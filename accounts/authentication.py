"""How a signed-in browser uses the API; a stranger gets 401, never a redirect or a 403."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from rest_framework import authentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from accounts.models import User


class SessionAuthentication(authentication.SessionAuthentication):
    def authenticate(self, request: Request) -> tuple[User, None] | None:
        found: tuple[User, None] | None = super().authenticate(request)
        if found and settings.MFA_REQUIRED and not is_mfa_enabled(found[0]):
            raise PermissionDenied("Set up a second factor first, in the browser.")
        return found

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 — DRF's signature
        """DRF answers 401 only where a scheme can be named."""
        return "Session"
