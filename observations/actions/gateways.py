"""Gateways are registered before they get a key, with the organisations whose kit they report; and
watched, for how long each may say nothing."""

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
from observations import silence
from observations.models import Gateway, GatewayProvider, Supplier
from observations.policies import check_can_manage_keys


@transaction.atomic
def watch_gateway(
    *, gateway: Gateway, quiet_minutes: int, by: User, at: dt.datetime | None = None
) -> Gateway:
    """How long it may say nothing before it counts as down; 0 watches it no more, and what was
    down then no longer is."""
    check_can_manage_keys(by, gateway)
    moment = at or timezone.now()
    locked = Gateway.objects.select_for_update(no_key=True, of=("self",)).get(pk=gateway.pk)
    locked.quiet_minutes = quiet_minutes
    if locked.down_since is None or not quiet_minutes:
        locked.down_since = None
        locked.down_at = _down_at(locked)
    locked.save(update_fields=["quiet_minutes", "down_at", "down_since"])
    detail = {"quiet_minutes": quiet_minutes}
    audit.record(by=by, verb="gateway-watched", subject=locked, detail=detail, at=moment)
    return locked


def _down_at(gateway: Gateway) -> dt.datetime | None:
    heard, beats = gateway.last_heard_at, gateway.beat_at is not None
    if heard is None:
        return None
    return silence.down_at(heard, quiet_minutes=gateway.quiet_minutes, beats=beats)


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
