"""Whether a share differs from the whole's by more than luck: limits that widen as beds get fewer.

Ninety beds of which seventy are taken say less than nine hundred of which seven hundred are. The
nearer limits hold what luck alone would do; the farther ones what boards usually differ by as well
(their overdispersion, from all of them, the tenth at either end pulled in).
Source: D. J. Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in
Medicine 2005, 24:1185, and Handling over-dispersion of performance indicators, Quality and Safety
in Health Care 2005, 14:347; the same method stands behind the NHS's own SHMI.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import floor, sqrt
from typing import Final

from capacity.occupancy import Count, total

# Of the normal distribution: one in five hundred lies outside by luck.
UNLIKELY: Final = 3.09
_PULLED_IN: Final = 0.1


class Place(StrEnum):
    """Where a count lies: within luck, beyond luck, or beyond what boards usually differ by."""

    WITHIN = "within"
    HIGHER = "higher"
    LOWER = "lower"
    FAR_HIGHER = "far_higher"
    FAR_LOWER = "far_lower"


@dataclass(frozen=True, slots=True)
class Funnel:
    """`middle` is the whole's share; `spread` the variance between boards beyond luck."""

    middle: float
    spread: float

    def luck(self, beds: int, distance: float = UNLIKELY) -> tuple[float, float]:
        """Shares between which a board with so many beds lies by luck alone; never below nought."""
        return self._around(distance * sqrt(_by_luck(self.middle, beds)))

    def usual(self, beds: int, distance: float = UNLIKELY) -> tuple[float, float]:
        """The same with what boards differ by anyway."""
        return self._around(distance * sqrt(_by_luck(self.middle, beds) + self.spread))

    def place(self, count: Count) -> Place:
        """A count without beds has no share, and lies nowhere else than within."""
        share = count.occupancy
        if share is None:
            return Place.WITHIN
        low, high = self.usual(count.beds)
        if not low <= share <= high:
            return Place.FAR_HIGHER if share > high else Place.FAR_LOWER
        low, high = self.luck(count.beds)
        if low <= share <= high:
            return Place.WITHIN
        return Place.HIGHER if share > high else Place.LOWER

    def _around(self, half: float) -> tuple[float, float]:
        return max(0.0, self.middle - half), self.middle + half


def funnel(counts: Iterable[Count]) -> Funnel | None:
    """Of those that have beds; None where they are too few, or all or none of the beds are taken:
    then no limits can be told."""
    known = [count for count in counts if count.beds]
    middle = total(known).occupancy if len(known) > 2 else None
    if middle is None or not 0 < middle < 1:
        return None
    return Funnel(middle, _spread(known, middle))


def _by_luck(middle: float, beds: int) -> float:
    """The variance of a share of so many beds, each taken or not."""
    return middle * (1 - middle) / beds


def _spread(counts: Sequence[Count], middle: float) -> float:
    """DerSimonian and Laird's estimate; nought where luck explains all."""
    scores = [_score(count, middle) for count in counts]
    pulled = _pulled_in(scores)
    weights = [1 / _by_luck(middle, count.beds) for count in counts]
    beyond = sum(score * score for score in pulled) - (len(counts) - 1)
    room = sum(weights) - sum(weight * weight for weight in weights) / sum(weights)
    return max(0.0, beyond / room)


def _score(count: Count, middle: float) -> float:
    return (count.patients / count.beds - middle) / sqrt(_by_luck(middle, count.beds))


def _pulled_in(scores: Sequence[float]) -> list[float]:
    """The tenth at either end set to the value at its border."""
    ordered = sorted(scores)
    cut = floor(_PULLED_IN * len(ordered))
    low, high = ordered[cut], ordered[len(ordered) - 1 - cut]
    return [min(max(score, low), high) for score in scores]
