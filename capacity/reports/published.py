"""What NHS England published, a month at a time; every ratio is taken again from the counts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from capacity.models import IntegratedCareBoard, PublishedFigure, Region
from capacity.occupancy import (
    Area,
    Count,
    beds_short,
    net_short,
    own_short,
    per_100k,
    reaches,
    total,
)
from capacity.workbooks.words import ENGLAND

# Of the health service journal's roundtable with Akeso and Masimo, from NHS England's own counts.
PROGRAMMES, BEDS_THEN, BEDS_WANTED = 340, 7_653, 24_000


@dataclass(frozen=True, slots=True)
class Printed:
    """One organisation in one month. Occupancy is uncapped, and None where nobody returned it."""

    month: dt.date
    code: str
    name: str
    region_code: str
    base: str
    population: int
    capacity: int
    patients: int | None
    returned: bool

    @property
    def count(self) -> Count:
        return Count(beds=self.capacity, patients=self.patients or 0)

    @property
    def area(self) -> Area:
        return Area(beds=self.capacity, population=self.population)

    @property
    def per_100k(self) -> float:
        return per_100k(self.area)

    @property
    def occupancy(self) -> float | None:
        return self.count.occupancy if self.returned else None

    @property
    def short(self) -> int:
        return beds_short(self.area, 40)

    @property
    def full_enough(self) -> bool:
        """At 80% or above, compared unrounded."""
        return self.returned and reaches(self.count)


@dataclass(frozen=True, slots=True)
class RegionSum:
    """Sums of counts of a region's ICBs, and its ratios from them."""

    code: str
    name: str
    icbs: int
    count: Count
    population: int

    @property
    def per_100k(self) -> float:
        return per_100k(Area(beds=self.count.beds, population=self.population))


@dataclass(frozen=True, slots=True)
class League:
    """A month's England and its ICBs."""

    england: Printed
    icbs: list[Printed]

    @property
    def month(self) -> dt.date:
        return self.england.month

    @property
    def base(self) -> str:
        return self.england.base

    @property
    def net_short(self) -> int:
        return net_short([icb.area for icb in self.icbs], 40)

    @property
    def own_short(self) -> int:
        return own_short([icb.area for icb in self.icbs], 40)


def months() -> list[dt.date]:
    """The months that are held, oldest first."""
    rows = PublishedFigure.objects.order_by("month").values_list("month", flat=True).distinct()
    return list(rows)


def month_lines(month: dt.date) -> list[Printed]:
    """England first, then the ICBs by code; none where the month is not held."""
    rows = [_printed(row) for row in PublishedFigure.objects.filter(month=month)]
    return sorted(rows, key=lambda row: (row.code != ENGLAND, row.code))


def league(month: dt.date) -> League | None:
    """None where the month or its England is not held."""
    lines = month_lines(month)
    if not lines or lines[0].code != ENGLAND:
        return None
    return League(england=lines[0], icbs=lines[1:])


def leagues() -> list[League]:
    """Every month whose England is held, oldest first; one question for all of them."""
    by_month: defaultdict[dt.date, list[Printed]] = defaultdict(list)
    for row in PublishedFigure.objects.order_by("month", "icb_code"):
        by_month[row.month].append(_printed(row))
    return [
        League(england=line, icbs=[other for other in lines if other.code != ENGLAND])
        for lines in by_month.values()
        for line in lines
        if line.code == ENGLAND
    ]


def path_of(*codes: str) -> list[Printed]:
    """The months of these organisations, oldest first."""
    rows = PublishedFigure.objects.filter(icb_code__in=codes).order_by("month", "icb_code")
    return [_printed(row) for row in rows]


def region_sums(lines: Iterable[Printed]) -> list[RegionSum]:
    by_region: defaultdict[str, list[Printed]] = defaultdict(list)
    for line in lines:
        by_region[line.region_code].append(line)
    names = dict(Region.objects.values_list("code", "name"))
    return [
        RegionSum(
            code=code,
            name=names.get(code, code),
            icbs=len(icbs),
            count=Count(sum(i.capacity for i in icbs), sum(i.patients or 0 for i in icbs)),
            population=sum(i.population for i in icbs),
        )
        for code, icbs in by_region.items()
    ]


def outweighed(lines: Iterable[Printed]) -> list[tuple[str, Printed, Count]]:
    """Regions whose occupancy one ICB moves by ten points or more, which, and the rest without.

    QJG alone (372 patients in 161 beds) lifted East of England to 99.4%: a page must say so.
    """
    by_region: defaultdict[str, list[Printed]] = defaultdict(list)
    for line in lines:
        by_region[line.region_code].append(line)
    return [
        (code, icb, rest)
        for code, icbs in by_region.items()
        for icb, rest in ((icb, _without(icb, icbs)) for icb in icbs)
        if abs((total(i.count for i in icbs).occupancy or 0) - (rest.occupancy or 0)) >= 0.1
        and rest.beds
    ]


def _without(left_out: Printed, icbs: list[Printed]) -> Count:
    return total(icb.count for icb in icbs if icb.code != left_out.code)


def short_names() -> dict[str, str]:
    """By code, as a table can hold them."""
    boards = IntegratedCareBoard.objects.only("code", "name", "short_name")
    return {icb.code: str(icb) for icb in boards}


def _printed(row: PublishedFigure) -> Printed:
    return Printed(
        month=row.month,
        code=row.icb_code,
        name=row.name,
        region_code=row.region_code,
        base=row.population_base,
        population=row.population,
        capacity=row.capacity,
        patients=row.patients,
        returned=row.returned,
    )
