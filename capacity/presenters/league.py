"""The ICBs ranked: the order, and one line for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString

from capacity.occupancy import percent_display
from capacity.presenters import words
from capacity.reports.published import Printed
from lib.charts import bars

ORDERS: Final = {
    "rate": "Beds per 100,000",
    "occupancy": "Occupancy",
    "short": "Beds short",
    "region": "Region",
}


@dataclass(frozen=True)
class Place:
    """One line of the league."""

    rank: int
    line: Printed
    name: str
    region: str
    england: Printed
    top: float
    own: bool
    linked: bool

    @property
    def rate(self) -> str:
        return words.rate(self.line.per_100k)

    @property
    def rate_bar(self) -> SafeString:
        average = self.england.per_100k
        return bars.rate(self.line.per_100k, top=self.top, average=average, own=self.own)

    @property
    def dot(self) -> SafeString:
        taken, average = self.line.occupancy, self.england.occupancy or 0
        percent = None if taken is None else 100 * taken
        return bars.dot_strip(percent, average=100 * average, own=self.own)

    @property
    def taken(self) -> str:
        return percent_display(self.line.count) if self.line.returned else "not returned"

    @property
    def patients(self) -> str:
        """As on the ICB's path: of a return that is missing nothing is known."""
        line = self.line
        return f"{line.patients:,}" if line.returned and line.patients is not None else "–"

    @property
    def cells(self) -> tuple[str, ...]:
        """As text, for the file that holds exactly what is shown."""
        line = self.line
        counts = (f"{line.capacity}", self.rate, f"{line.short}", self.patients, self.taken)
        return (str(self.rank), line.code, self.name, self.region, *counts)


HEADINGS: Final = (
    *("Rank", "Code", "ICB", "Region", "Beds", "Per 100,000"),
    *("Short of 40", "Patients", "Taken"),
)


def ranked(
    icbs: Sequence[Printed], order: str, regions: dict[str, str] | None = None
) -> list[Printed]:
    """Unrounded; who did not return stands last by occupancy, for nothing is known of them."""
    names = regions or {}
    return sorted(icbs, key=lambda line: (*_key(line, order, names), line.code))


def _key(line: Printed, order: str, regions: dict[str, str]) -> tuple[str | float, float]:
    if order == "occupancy":
        return float(line.occupancy is None), -(line.occupancy or 0)
    if order == "short":
        return 0.0, -float(line.short)
    return regions.get(line.region_code, "") if order == "region" else "", -line.per_100k
