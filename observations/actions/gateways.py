"""Gateways are registered before they get a key, with the organisations whose kit they report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.models import Provider
from lib.london import day_of
from observations.models import Gateway, GatewayProvider, Supplier
from observations.policies import check_can_manage_keys


@transaction.atomic
def register_gateway(
    *,
    supplier: str,
    name: str,
    providers: Collection[Provider],
    by: User | None,
    at: dt.datetime | None = None,
) -> Gateway:
    """The supplier's gateway of that name, serving these providers from now on; done twice, it
    changes nothing."""
    moment = at or timezone.now()
    owner, _ = Supplier.objects.get_or_create(name=supplier)
    gateway, new = Gateway.objects.get_or_create(supplier=owner, name=name)
    day = day_of(moment)
    serves = gateway.allowed.filter(Q(ends__isnull=True) | Q(ends__gt=day))
    served = set(serves.values_list("provider_id", flat=True))
    GatewayProvider.objects.bulk_create(
        GatewayProvider(gateway=gateway, provider=provider, starts=day)
        for provider in providers
        if provider.pk not in served
    )
    check_can_manage_keys(by, gateway)
    codes = sorted(provider.code for provider in providers)
    detail = {"providers": codes, "new": new}
    audit.record(by=by, verb="gateway-registered", subject=gateway, detail=detail, at=moment)
    return gateway
