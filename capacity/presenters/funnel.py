"""Occupancy by size: which ICBs differ from England by more than luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.safestring import SafeString

from capacity import funnel
from capacity.funnel import Funnel, Place
from capacity.presenters import words
from capacity.reports.published import League, Printed
from lib.charts import funnel as drawn
from lib.charts.svg import Table

PLACES = {
    Place.WITHIN: "luck could explain it",
    Place.HIGHER: "fuller than luck explains",
    Place.LOWER: "emptier than luck explains",
    Place.FAR_HIGHER: "far fuller than boards usually are",
    Place.FAR_LOWER: "far emptier than boards usually are",
}
_FAR = (Place.FAR_HIGHER, Place.FAR_LOWER)
# The limits are drawn through so many sizes; most of the bend is at the few beds.
_SIZES = 60


@dataclass(frozen=True)
class FunnelPresenter:
    """Of one published month; `mine` are the codes of the reader's own ICBs."""

    league: League
    mine: frozenset[str]

    @property
    def icbs(self) -> list[Printed]:
        """Of whoever did not return patients nothing is known."""
        return [line for line in self.league.icbs if line.returned and line.capacity]

    @cached_property
    def limits(self) -> Funnel | None:
        return funnel.funnel(line.count for line in self.icbs)

    def place(self, line: Printed) -> str:
        """In words; empty where nothing can be told."""
        if self.limits is None or not line.returned or not line.capacity:
            return ""
        return PLACES[self.limits.place(line.count)]

    @cached_property
    def sentence(self) -> str:
        """Who stands out, who differs by more than luck, and whose order says nothing."""
        if self.limits is None:
            return "Too few boards returned patients for limits."
        far = [code for place in _FAR for code in self._codes(place)]
        stands = "stands" if len(far) == 1 else "stand"
        told = [f"{', '.join(far)} {stands} far outside what boards differ by."] if far else []
        fuller, emptier, rest = (
            len(self._codes(place)) for place in (Place.HIGHER, Place.LOWER, Place.WITHIN)
        )
        of_rest = words.plural(rest, "board")
        told.append(f"{fuller} are fuller and {emptier} emptier than luck explains.")
        return " ".join([*told, f"The order of the other {of_rest} may be luck."])

    def _codes(self, place: Place) -> list[str]:
        assert self.limits is not None
        return sorted(line.code for line in self.icbs if self.limits.place(line.count) == place)

    @property
    def chart(self) -> SafeString:
        return drawn.funnel(self._data)

    @property
    def table(self) -> Table:
        return drawn.rows(self._data)

    @cached_property
    def _data(self) -> drawn.Funnel:
        limits = self.limits
        assert limits is not None
        return drawn.Funnel(
            title=f"Occupancy by number of beds, {words.month_name(self.league.month)}",
            points=[self._point(line, limits) for line in self.icbs],
            limits=_drawn(limits, max(line.capacity for line in self.icbs)),
            middle=100 * limits.middle,
            whole=f"England {100 * limits.middle:.1f}%",
            of="Beds",
        )

    def _point(self, line: Printed, limits: Funnel) -> drawn.Point:
        place = limits.place(line.count)
        return drawn.Point(
            name=line.code,
            size=line.capacity,
            share=100 * (line.occupancy or 0),
            place=PLACES[place],
            hollow=place == Place.WITHIN,
            named=place in _FAR or line.code in self.mine,
        )


def _drawn(limits: Funnel, largest: int) -> Sequence[drawn.Limits]:
    """Close together where few beds bend them."""
    sizes = sorted({max(1, round(largest * (n / _SIZES) ** 2)) for n in range(1, _SIZES + 1)})
    return [
        drawn.Limits(size, _percent(limits.luck(size)), _percent(limits.usual(size)))
        for size in sizes
    ]


def _percent(limits: tuple[float, float]) -> tuple[float, float]:
    low, high = limits
    return 100 * low, 100 * high
