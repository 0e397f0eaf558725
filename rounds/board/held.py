"""Who holds a ward's patients now, and how far the readings' processing lags behind."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce

from capacity.models import Ward
from observations.models import Alert
from observations.watch import standing
from rounds.models import Handover


class Held(NamedTuple):
    """The last to accept; `until` is what was agreed, and ends nothing by itself."""

    name: str
    team: str
    phone: str
    until: dt.datetime | None


def by(ward: Ward, at: dt.datetime) -> Held | None:
    """None while nobody ever accepted: the ward is unwatched, and says so."""
    last = (
        Handover.objects.filter(ward=ward, accepted_at__lte=at)
        .select_related("accepted_by")
        .order_by("-accepted_at")
        .first()
    )
    if last is None:
        return None
    name = last.accepted_by.short_name if last.accepted_by else last.receiver_name
    return Held(name, last.receiver_organisation, last.receiver_phone, last.until)


def lag(at: dt.datetime) -> dt.timedelta:
    """How long the oldest unprocessed reading has waited."""
    return standing.lag(at)


def unowned_alerts(wards: QuerySet[Ward]) -> dict[int, int]:
    """How many open alerts nobody owns, by the ward that answers them."""
    placed = Alert.objects.unowned().annotate(place=Coalesce("admission__ward", "ward"))
    counted = placed.filter(place__in=wards).values_list("place")
    return dict(counted.annotate(many=Count("pk")).order_by())
