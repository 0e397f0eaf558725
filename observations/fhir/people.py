"""Who reads: signed-in staff, and of patients only those in whose care they have a part."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest

from accounts.models import User
from observations.fhir.mapping.outcomes import FaultError, fault


def reader(request: HttpRequest) -> User:
    """Raises FaultError: 401 for a stranger, 403 for a device's key, which writes only."""
    if isinstance(request.user, User):
        if settings.MFA_REQUIRED and not is_mfa_enabled(request.user):
            raise fault(403, "Set up a second factor first, in the browser.")
        return request.user
    if request.headers.get("Authorization", "").lower().startswith("bearer "):
        raise fault(403, "A device's key writes; it reads nothing back but its receipts.")
    raise fault(401, "Sign in first.", WWW_Authenticate="Session")


def nobody(what: str) -> FaultError:
    """Unknown, or none of the reader's: nobody is told which."""
    return fault(404, f"There is no such {what} in your care.")
