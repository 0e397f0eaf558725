"""The person key of capacity's tables: joins one person's spells, and names nobody."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from patients.models import Patient


def person_key(identity: str) -> str:
    """Keyed, because a plain hash of ten digits is undone by trying them all."""
    secret = settings.PSEUDONYM_SECRET.encode()
    return hmac.new(secret, identity.encode(), hashlib.sha256).hexdigest()


def person_key_of(patient: Patient) -> str:
    """From the NHS number; where there is none, from our own id."""
    return person_key(patient.nhs_number or str(patient.pk))
