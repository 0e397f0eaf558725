"""XmR charts: which changes of a figure are more than its usual variation.

Limits are the mean ± 2.66 times the mean moving range (Wheeler and Chambers, Understanding
Statistical Process Control); the rules are those that NHS England's Making Data Count uses.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import fmean
from typing import Final

FACTOR: Final = 2.66
RUN: Final = 8
TREND: Final = 6
ENOUGH: Final = 12  # fewer points give limits that the next ones move a lot


class Rule(StrEnum):
    """Why a point is more than usual variation."""

    BEYOND = "beyond a limit"
    RUN = "eight or more in a row on one side of the mean"
    NEAR = "two of three near a limit"
    TREND = "six or more in a row rising or falling"


@dataclass(frozen=True, slots=True)
class Limits:
    """`moving_range` is the mean of the steps from each value to the next."""

    mean: float
    moving_range: float

    @property
    def reach(self) -> float:
        return FACTOR * self.moving_range

    @property
    def lower(self) -> float:
        """May lie below nought; a figure that cannot is drawn from nought."""
        return self.mean - self.reach

    @property
    def upper(self) -> float:
        return self.mean + self.reach

    @property
    def near(self) -> tuple[float, float]:
        """Two thirds of the way to each limit: two sigma."""
        return self.mean - self.reach * 2 / 3, self.mean + self.reach * 2 / 3

    def side(self, value: float) -> int:
        """1 above the mean, -1 below it, 0 on it."""
        return (value > self.mean) - (value < self.mean)


@dataclass(frozen=True, slots=True)
class Signal:
    """Points `first` to `last` (by their place in the whole series, both included); `side` is 1
    where they lie high or rise, -1 where they lie low or fall."""

    rule: Rule
    side: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Part:
    """The points from one stated change to the next, with limits of their own."""

    first: int
    values: Sequence[float]
    limits: Limits
    signals: Sequence[Signal]

    @property
    def provisional(self) -> bool:
        return len(self.values) < ENOUGH


def limits(values: Sequence[float]) -> Limits:
    """Of at least one value; one alone has no moving range, and so no room."""
    steps = [abs(after - before) for before, after in pairwise(values)]
    return Limits(fmean(values), fmean(steps) if steps else 0.0)


def parts(values: Sequence[float], rebased: Iterable[int] = ()) -> list[Part]:
    """`rebased` are the places of the first points after each stated change."""
    edges = sorted({0, len(values), *(at for at in rebased if 0 < at < len(values))})
    return [_part(values[a:b], first=a) for a, b in pairwise(edges)]


def _part(values: Sequence[float], *, first: int) -> Part:
    found = limits(values)
    signals = [
        Signal(one.rule, one.side, one.first + first, one.last + first)
        for one in signals_of(values, found)
    ]
    return Part(first, values, found, signals)


def signals_of(values: Sequence[float], within: Limits) -> list[Signal]:
    """Every signal of the four rules, the longest stretch of each told once."""
    found = [
        *_beyond(values, within),
        *_runs(values, within),
        *_nears(values, within),
        *_trends(values),
    ]
    return sorted(found, key=lambda one: (one.first, one.last, one.rule))


def _beyond(values: Sequence[float], within: Limits) -> list[Signal]:
    return [
        Signal(Rule.BEYOND, within.side(value), at, at)
        for at, value in enumerate(values)
        if not within.lower <= value <= within.upper
    ]


def _runs(values: Sequence[float], within: Limits) -> list[Signal]:
    """A point on the mean itself ends a run."""
    return _stretches([within.side(value) for value in values], Rule.RUN, RUN)


def _trends(values: Sequence[float]) -> list[Signal]:
    """Six points, each above (below) the one before: five steps of one sign."""
    steps = [(after > before) - (after < before) for before, after in pairwise(values)]
    return [
        Signal(one.rule, one.side, one.first, one.last + 1)
        for one in _stretches(steps, Rule.TREND, TREND - 1)
    ]


def _stretches(sides: Sequence[int], rule: Rule, least: int) -> list[Signal]:
    found, first = [], 0
    for at in range(len(sides) + 1):
        if at < len(sides) and sides[at] == sides[first]:
            continue
        if sides and sides[first] and at - first >= least:
            found.append(Signal(rule, sides[first], first, at - 1))
        first = at
    return found


def _nears(values: Sequence[float], within: Limits) -> list[Signal]:
    """Two of three in a row beyond two thirds of the way to the same limit; overlapping ones are
    told as one."""
    low, high = within.near
    found: list[Signal] = []
    for side in (-1, 1):
        near = [value < low if side < 0 else value > high for value in values]
        for at in range(len(values) - 2):
            places = [place for place in range(at, at + 3) if near[place]]
            if len(places) >= 2:
                _extend(found, Signal(Rule.NEAR, side, places[0], places[-1]))
    return found


def _extend(found: list[Signal], new: Signal) -> None:
    last = found[-1] if found else None
    if last is not None and last.side == new.side and new.first <= last.last:
        found[-1] = Signal(new.rule, new.side, last.first, max(last.last, new.last))
    else:
        found.append(new)
