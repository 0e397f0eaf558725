"""Readings that lie in no ward's tray: no organisation that their gateway serves runs an open ward.

Their owners are those who run the gateway. They learn how many there are, from what and since when,
and neither a value nor a name; they say which ward's clinicians shall look.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.policies import ADMINISTRATORS, reach
from capacity.models import Ward
from observations.models import Gateway, UnclaimedReading

# More than this is placed in pieces; what is shown is what is placed.
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Strays:
    """Of one gateway and device, the longest waiting first."""

    gateway: Gateway
    serial: str
    readings: list[UnclaimedReading]

    @property
    def since(self) -> datetime:
        return self.readings[0].received_at


def strays_of(gateways: Iterable[Gateway]) -> list[Strays]:
    """All that no ward can see of what these gateways brought."""
    known = {gateway.pk: gateway for gateway in gateways}
    rows = UnclaimedReading.objects.strays().filter(gateway_id__in=known)
    ordered = rows.order_by("gateway_id", "serial", "received_at", "pk")
    grouped = groupby(ordered, key=lambda row: (row.gateway_id, row.serial))
    found = [Strays(known[one], serial, list(some)[:AT_ONCE]) for (one, serial), some in grouped]
    return sorted(found, key=lambda pile: pile.since)


def count_of(gateways: Iterable[Gateway]) -> int:
    strays = UnclaimedReading.objects.strays()
    return strays.filter(gateway_id__in=[gateway.pk for gateway in gateways]).count()


def places_for(gateway: Gateway, user: User, day: date) -> QuerySet[Ward]:
    """The open wards whose clinicians may look: of organisations that the gateway serves, which
    lead a ward or have beds on one; and those that this administrator answers for."""
    own = reach(user, ADMINISTRATORS)
    opened = Ward.objects.open_on(day).order_by("name")
    if own.england:
        return opened
    served = gateway.allowed.on(day).values("provider")
    beds = Q(beds__allocations__provider__in=served)
    led = Q(lead_provider__in=served) | Q(lead_provider__code__in=own.providers)
    return opened.filter(led | beds).distinct()
