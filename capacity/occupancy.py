"""Counting beds and patients as the published statistic does: sums first, ratios last, uncapped.

Source of the definitions: NHS England Virtual Ward SitRep (DAPB4068).
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Final, Self
from zoneinfo import ZoneInfo

WANTED_PER_100K: Final = (40, 50)
WANTED_PERCENT: Final = 80
GOOD_PERCENT: Final = (80, 92)
SMALLEST_SHOWN: Final = 8
ROUNDED_TO: Final = 5
_LONDON: Final = ZoneInfo("Europe/London")
_COUNT_TIME: Final = time(8)

Period = tuple[datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class Count:
    """Beds and the patients in them: the only things that are ever added up."""

    beds: int
    patients: int

    def __add__(self, other: Self) -> "Count":
        return Count(self.beds + other.beds, self.patients + other.patients)

    @property
    def free(self) -> int:
        """Beds left; never negative, for a bed cannot be owed."""
        return max(0, self.beds - self.patients)

    @property
    def occupancy(self) -> float | None:
        """Patients over beds, uncapped; None without beds."""
        return self.patients / self.beds if self.beds else None


@dataclass(frozen=True, slots=True)
class Area:
    """An ICB's or region's beds and its registered population on one named base."""

    beds: int
    population: int


def total(counts: Iterable[Count]) -> Count:
    """The sum of counts, from which a total's ratio comes: never the mean of ratios."""
    return sum(counts, start=Count(0, 0))


def reaches(count: Count, percent: int = WANTED_PERCENT) -> bool:
    """Whether occupancy is at or above a percentage, compared unrounded."""
    return count.beds > 0 and count.patients * 100 >= count.beds * percent


def is_not_returned(count: Count) -> bool:
    """In a published return, no patients beside some beds means that nobody returned them."""
    return count.beds > 0 and count.patients == 0


def per_100k(area: Area) -> float:
    """Beds per 100,000 of the area's population, unrounded."""
    return area.beds * 100_000 / area.population


def beds_needed(population: int, rate: float) -> int:
    """Beds for `rate` per 100,000, rounded up: a part of a bed holds nobody."""
    return ceil(population * Fraction(str(rate)) / 100_000)


def beds_short(area: Area, rate: float) -> int:
    """How many beds an area lacks for a rate; 0 when it has enough."""
    return max(0, beds_needed(area.population, rate) - area.beds)


def net_short(areas: Iterable[Area], rate: float) -> int:
    """What areas lack together, one's spare beds counting for another."""
    known = tuple(areas)
    whole = Area(sum(area.beds for area in known), sum(area.population for area in known))
    return beds_short(whole, rate)


def own_short(areas: Iterable[Area], rate: float) -> int:
    """The sum of what each area lacks by itself: nobody is treated in another's spare bed."""
    return sum(beds_short(area, rate) for area in areas)


def percent(count: Count) -> str:
    """78.7%, and 231.1% where that is true; a dash without beds."""
    if not count.beds:
        return "–"
    tenths = floor(Fraction(count.patients * 1000, count.beds) + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}%"


def percent_display(count: Count) -> str:
    """As the publication shows it: `100%*` above 100%, whose true figure stands in a note."""
    return "100%*" if count.patients > count.beds > 0 else percent(count)


def count_instant(day: date) -> datetime:
    """When a day's patients are counted: 08:00 London, in UTC."""
    return datetime.combine(day, _COUNT_TIME, tzinfo=_LONDON).astimezone(UTC)


def present_at(periods: Iterable[Period], at: datetime) -> int:
    """How many periods hold an instant; who leaves at that instant has left."""
    return sum(start <= at and (end is None or at < end) for start, end in periods)


def daily(periods: Iterable[Period], first: date, last: date) -> list[tuple[date, int]]:
    """The count at 08:00 London of each day from `first` to `last`, both included."""
    known = tuple(periods)
    starts = sorted(start for start, _ in known)
    ends = sorted(end for _, end in known if end is not None)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [(day, _present(starts, ends, count_instant(day))) for day in days]


def bed_days(periods: Iterable[Period], first: date, last: date) -> int:
    """Mornings on which a bed was counted as taken, from `first` to `last`, both included."""
    return sum(count for _, count in daily(periods, first, last))


def nights(start: datetime, end: datetime) -> int:
    """Length of a stay in days, as the NHS counts it: midnights between, London time."""
    return (end.astimezone(_LONDON).date() - start.astimezone(_LONDON).date()).days


def suppressed(count: int) -> int | None:
    """A count fit to leave the organisation: None for 1 to 7, else rounded to 5."""
    if 0 < count < SMALLEST_SHOWN:
        return None
    return (count + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO


def suppressed_table(
    cells: Mapping[str, int],
) -> tuple[dict[str, int | None], int | None]:
    """A breakdown fit to leave the organisation, and its total, None where suppressed.

    A single suppressed cell could be had back by subtraction: the smallest of the others goes too,
    or the total where there is no other.
    """
    shown = {name: suppressed(count) for name, count in cells.items()}
    whole = suppressed(sum(cells.values()))
    if list(shown.values()).count(None) != 1:
        return shown, whole
    others = [name for name, count in shown.items() if count]
    if not others:
        return shown, None
    return shown | {min(others, key=lambda name: (cells[name], name)): None}, whole


def _present(starts: Sequence[datetime], ends: Sequence[datetime], at: datetime) -> int:
    return bisect_right(starts, at) - bisect_right(ends, at)
