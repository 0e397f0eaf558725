"""An ICB at this instant: each bed by its own ICB, so that shared wards never count twice."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from capacity import kept, presence
from capacity.models import IntegratedCareBoard, Provider, Ward
from capacity.presence import WardCount

Place = tuple[int, int]  # (provider, ward)

# In an array the beds are found by their index, where a join would read all of England's.
_WITH_BEDS_OF: Final = """
SELECT ward_id FROM capacity_bed
WHERE id = ANY(ARRAY(SELECT bed_id FROM capacity_bedallocation WHERE icb_id = ANY(%s)))
"""


@dataclass(slots=True)
class Now:
    """Counts by place, pathway and route; each way adds up to the same total."""

    at: dt.datetime
    places: dict[Place, WardCount] = field(default_factory=dict)
    pathways: dict[str, WardCount] = field(default_factory=dict)
    routes: dict[str, WardCount] = field(default_factory=dict)

    @property
    def total(self) -> WardCount:
        return sum(self.places.values(), start=WardCount())

    def by_ward(self) -> dict[int, WardCount]:
        """Of each ward with a place here, whoever reports its beds."""
        found: defaultdict[int, WardCount] = defaultdict(WardCount)
        for (_, ward), count in self.places.items():
            found[ward] += count
        return dict(found)

    def of_provider(self, provider: int) -> WardCount:
        return added(count for place, count in self.places.items() if place[0] == provider)


def added(counts: Iterable[WardCount]) -> WardCount:
    return sum(counts, start=WardCount())


def wards_of(*icbs: IntegratedCareBoard) -> QuerySet[Ward]:
    """Their own wards, and others with beds that one of them has commissioned."""
    elsewhere = RawSQL(_WITH_BEDS_OF, [[icb.pk for icb in icbs]])  # noqa: S611  # a constant
    return Ward.objects.filter(Q(icb__in=icbs) | Q(pk__in=elsewhere))


def rosters(icb: IntegratedCareBoard) -> dict[int, int]:
    """Its wards, and others with its beds, by id: each with the version of its roster."""
    return dict(wards_of(icb).values_list("pk", "roster_version"))


def icb_now(icb: IntegratedCareBoard, at: dt.datetime, wards: Collection[int] | None = None) -> Now:
    """`wards` where the caller knows them already."""
    known = rosters(icb) if wards is None else wards
    return _gather(at, known, icb=icb.pk)


def provider_now(provider: Provider, wards: Collection[int], at: dt.datetime) -> Now:
    """What it reports of these wards, whoever leads them."""
    every = _gather(at, wards)
    own = {place: count for place, count in every.places.items() if place[0] == provider.pk}
    return Now(at=at, places=own)


def ward_now(ward: Ward, at: dt.datetime) -> Now:
    """Everything on the ward, whoever commissions it: what its own board counts."""
    return _gather(at, [ward.pk], counting=False)


def _gather(
    at: dt.datetime, wards: Collection[int], *, icb: int | None = None, counting: bool = True
) -> Now:
    places: defaultdict[Place, WardCount] = defaultdict(WardCount)
    pathways: defaultdict[str, WardCount] = defaultdict(WardCount)
    routes: defaultdict[str, WardCount] = defaultdict(WardCount)
    for beds in kept.beds(at, wards=wards, counting=counting):
        if icb in (None, beds.icb):
            places[beds.provider, beds.ward] += presence.of_beds(beds)
    for line in kept.patients(at, wards=wards, counting=counting):
        if icb in (None, line.icb):
            count = presence.of_patients(line)
            places[line.provider, line.ward] += count
            pathways[line.pathway] += count
            routes[line.route] += count
    return Now(at=at, places=dict(places), pathways=dict(pathways), routes=dict(routes))
