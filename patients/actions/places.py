"""Adds the places where several patients live or are seen."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts import audit
from accounts.models import User
from patients.models import Place


@transaction.atomic
def add_place(
    *,
    name: str,
    kind: str,
    by: User | None,
    ods_code: str = "",
    address: str = "",
    postcode: str = "",
    phone: str = "",
    at: dt.datetime | None = None,
) -> Place:
    """A care home, or a visiting nurses' base; kit can be shared there."""
    place = Place(
        name=name, kind=kind, ods_code=ods_code, address=address, postcode=postcode, phone=phone
    )
    place.full_clean()
    place.save()
    audit.record(by=by, verb="place-added", subject=place, detail={"kind": str(kind)}, at=at)
    return place
