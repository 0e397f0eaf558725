"""Beds as planned: how many there will be on which day, and when that is enough.

Standard library only. A day's beds are those from its start on; half-open like every period.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import ceil
from operator import itemgetter

from capacity.occupancy import beds_needed

Change = tuple[date, int]


@dataclass(frozen=True, slots=True)
class Step:
    """From `day` on there are so many beds, until the next step."""

    day: date
    beds: int


@dataclass(frozen=True, slots=True)
class Reach:
    """The first day with enough beds, and the first after it with too few again, if any."""

    day: date
    lost: date | None


def course(beds: int, today: date, changes: Iterable[Change]) -> list[Step]:
    """From `beds` today through what changes later, a step a day; never below none. What should
    have happened by today has happened, or has not: it is in `beds`."""
    steps = [Step(today, beds)]
    later = sorted(change for change in changes if change[0] > today)
    for day, of_day in groupby(later, key=itemgetter(0)):
        there = max(0, steps[-1].beds + sum(number for _, number in of_day))
        if there != steps[-1].beds:
            steps.append(Step(day, there))
    return steps


def within(steps: Sequence[Step], first: date, last: date) -> list[Step]:
    """What there is on the first day, and each step after it until the last; `first` is not
    before the first step."""
    there = [step for step in steps if step.day <= first][-1]
    return [Step(first, there.beds), *(step for step in steps if first < step.day <= last)]


def reach(steps: Sequence[Step], needed: int) -> Reach | None:
    """When `needed` beds are there for good, or else for the first time; None where never."""
    enough = [step.beds >= needed for step in steps]
    if True not in enough:
        return None
    if enough[-1]:
        first = len(enough) - next(
            (n for n, has in enumerate(reversed(enough)) if not has), len(enough)
        )
        return Reach(steps[first].day, None)
    first = enough.index(True)
    lost = next(
        step.day for step, has in zip(steps[first:], enough[first:], strict=True) if not has
    )
    return Reach(steps[first].day, lost)


def patients_for(beds: int, percent: float) -> int:
    """How many patients fill so many beds to a percentage, rounded up: a part of one fills none."""
    return ceil(beds * percent / 100)


def more_for(population: int, rate: float, beds: int) -> int:
    """How many beds more than `beds` a rate per 100,000 needs; 0 when there are enough."""
    return max(0, beds_needed(population, rate) - beds)
