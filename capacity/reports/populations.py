"""How many people an ICB's rates are told per, on each base, always with its name and date."""

from __future__ import annotations

from dataclasses import dataclass

from capacity.models import IntegratedCareBoard, Population
from capacity.occupancy import Area, beds_needed, beds_short, per_100k

WANTED_LOW, WANTED_HIGH = 40, 50


@dataclass(frozen=True, slots=True)
class Rate:
    """Beds against a population on one base; the two bases are never joined."""

    beds: int
    population: Population

    @property
    def area(self) -> Area:
        return Area(beds=self.beds, population=self.population.value)

    @property
    def per_100k(self) -> float:
        return per_100k(self.area)

    def needed(self, rate: float) -> int:
        return beds_needed(self.population.value, rate)

    def short(self, rate: float) -> int:
        return beds_short(self.area, rate)


def populations_of(icb: IntegratedCareBoard) -> dict[str, Population]:
    """The newest population on each base."""
    rows = Population.objects.filter(icb=icb).order_by("as_of")
    return {row.base: row for row in rows}
