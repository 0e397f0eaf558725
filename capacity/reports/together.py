"""Several ICBs at once: all of England, a region, or a footprint of those that were chosen."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from capacity import kept, presence
from capacity.models import IntegratedCareBoard, Population
from capacity.occupancy import Area, beds_short, net_short, own_short, per_100k
from capacity.presence import WardCount
from capacity.reports.now import wards_of


@dataclass(frozen=True, slots=True)
class Part:
    """One ICB: its count now, and its people on the base that was asked for, if held.

    Restated to other boundaries, `made_of` are the boards of now, and `partly` says that others of
    them, which are not here, belong to it too.
    """

    icb: IntegratedCareBoard
    counted: WardCount
    people: int | None
    made_of: tuple[str, ...] = ()
    partly: bool = False

    @property
    def is_here(self) -> bool:
        """Whether it has anything to count: of the others nothing is known, which is not none."""
        return self.counted != WardCount()

    @property
    def area(self) -> Area | None:
        return None if self.people is None else Area(self.counted.beds, self.people)

    @property
    def rate(self) -> float | None:
        return None if self.area is None else per_100k(self.area)

    def short(self, rate: float) -> int | None:
        return None if self.area is None else beds_short(self.area, rate)


@dataclass(frozen=True, slots=True)
class Whole:
    """Sums of the counts of some ICBs; a rate needs all of their populations."""

    parts: Sequence[Part]

    @property
    def counted(self) -> WardCount:
        return sum((part.counted for part in self.parts), start=WardCount())

    @property
    def elsewhere(self) -> int:
        """How many of them have no ward in this service."""
        return sum(not part.is_here for part in self.parts)

    @property
    def areas(self) -> list[Area] | None:
        """None where one's population is not held: then no rate of the whole can be told."""
        known = [part.area for part in self.parts if part.area is not None]
        return known if known and len(known) == len(self.parts) else None

    @property
    def rate(self) -> float | None:
        areas = self.areas
        if areas is None:
            return None
        return per_100k(Area(sum(a.beds for a in areas), sum(a.population for a in areas)))

    def net_short(self, rate: float) -> int | None:
        return None if self.areas is None else net_short(self.areas, rate)

    def own_short(self, rate: float) -> int | None:
        return None if self.areas is None else own_short(self.areas, rate)


def whole(icbs: Collection[IntegratedCareBoard], base: str, at: dt.datetime) -> Whole:
    """Each bed by its own ICB, so that what several run together counts once."""
    boards = sorted(icbs, key=lambda icb: icb.code)
    people = _people([icb.pk for icb in boards], base)
    counts = _counts(boards, at)
    return Whole([Part(icb, counts[icb.pk], people.get(icb.pk)) for icb in boards])


def _counts(icbs: Sequence[IntegratedCareBoard], at: dt.datetime) -> defaultdict[int, WardCount]:
    wards = list(wards_of(*icbs).values_list("pk", flat=True))
    counts: defaultdict[int, WardCount] = defaultdict(WardCount)
    for beds in kept.beds(at, wards=wards, counting=True):
        counts[beds.icb] += presence.of_beds(beds)
    for line in kept.patients(at, wards=wards, counting=True):
        counts[line.icb] += presence.of_patients(line)
    return counts


def _people(icbs: Collection[int], base: str) -> dict[int, int]:
    """The newest of each on that base."""
    rows = Population.objects.filter(icb__in=icbs, base=base).order_by("as_of")
    return dict(rows.values_list("icb", "value"))
