"""Who answers for care that is loosened, and until when."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from patients.models import Admission
from patients.policies import can_loosen

LONGEST = dt.timedelta(days=14)


class NeedsSenior(PermissionDenied):
    """A form asks for the agreement instead of turning the person away."""

    message = "This needs a senior decision-maker of the ward, or their recorded agreement."
    code = "senior"

    def __init__(self) -> None:
        super().__init__(self.message)


def senior(admission: Admission, *, by: User, agreed_by: User | None, at: dt.datetime) -> User:
    """The senior decision-maker of the ward who acts, or whose agreement is recorded."""
    answering = agreed_by or by
    if not can_loosen(answering, admission, at=at):
        raise NeedsSenior
    return answering


def expiry(expires_at: dt.datetime | None, at: dt.datetime) -> dt.datetime:
    """The longest there may be unless a shorter time was said."""
    until = expires_at or at + LONGEST
    if not at < until <= at + LONGEST:
        raise ValidationError("It runs out within 14 days: say a day until then.", code="expiry")
    return until


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError("Say why.", code="reason")
