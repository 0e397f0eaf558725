"""Adds providers and opens wards."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts import audit
from accounts.models import User
from capacity.models import IntegratedCareBoard, Provider, Ward
from capacity.refusals import BedRefused


@transaction.atomic
def add_provider(
    *,
    code: str,
    name: str,
    kind: str,
    starts: dt.date,
    by: User | None,
    short_name: str = "",
    at: dt.datetime | None = None,
) -> Provider:
    """An organisation that runs wards, under its ODS code."""
    provider = Provider.objects.create(
        code=code, name=name, short_name=short_name, kind=kind, starts=starts
    )
    audit.record(by=by, verb="provider-added", subject=provider, detail={"code": code}, at=at)
    return provider


@transaction.atomic
def open_ward(
    *,
    code: str,
    name: str,
    lead_provider: Provider,
    icb: IntegratedCareBoard,
    opens: dt.date,
    by: User | None,
    at: dt.datetime | None = None,
) -> Ward:
    """`code` is <lead provider's ODS code>-<slug>, unique in England, and never changes."""
    if not code.startswith(f"{lead_provider.code}-"):
        raise BedRefused("A ward's code begins with its lead provider's ODS code.")
    ward = Ward.objects.create(
        code=code, name=name, lead_provider=lead_provider, icb=icb, opens=opens
    )
    audit.record(by=by, verb="ward-opened", subject=ward, detail={"code": code}, at=at)
    return ward
