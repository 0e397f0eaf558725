"""The daily counts at 08:00 London, summed over whatever is asked for."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum

from capacity.leave import COUNTED, LeaveRule, LeaveRules
from capacity.models import (
    CountCorrection,
    DailyBeds,
    DailyPatients,
    DailySums,
    IntegratedCareBoard,
    Provider,
    Ward,
)
from capacity.occupancy import Count
from capacity.reports.corrections import Corrected, corrections
from capacity.reports.leave import leave_rules

_PEOPLE = ("patients", "over_capacity", "on_leave")
_COUNTS = ("beds", "surge", "closed", *_PEOPLE)
Counts = tuple[int, int, int, int, int, int]  # of a day, in that order
_NONE: Counts = (0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Morning:
    """One day's count; `beds` is capacity, from which closed and surge beds stand apart. `leave`
    says whether people on leave counted in occupancy on that day; `corrected` what was changed
    after the day had settled."""

    day: dt.date
    beds: int = 0
    surge: int = 0
    closed: int = 0
    patients: int = 0
    over_capacity: int = 0
    on_leave: int = 0
    leave: LeaveRule = COUNTED
    corrected: Corrected | None = None

    @property
    def count(self) -> Count:
        """What occupancy is made of."""
        return self.leave.count(self)

    @property
    def was(self) -> dict[str, int]:
        """What settled first, of the figures that are otherwise now."""
        changes = self.corrected.changes if self.corrected else {}
        return {name: getattr(self, name) - change for name, change in changes.items()}


def icb_mornings(
    icb: IntegratedCareBoard, first: dt.date, last: dt.date, *, rules: LeaveRules | None = None
) -> list[Morning]:
    """The days counted from `first` to `last`, both included; `rules` where the caller knows what
    was set for people on leave."""
    corrected = CountCorrection.objects.filter(icb=icb)
    return _added(DailySums.objects.filter(icb=icb), corrected, first, last, rules)


def mornings_of(icbs: Collection[int], first: dt.date, last: dt.date) -> list[Morning]:
    """Of several ICBs together, by their ids."""
    corrected = CountCorrection.objects.filter(icb__in=icbs)
    return _added(DailySums.objects.filter(icb__in=icbs), corrected, first, last)


def england_mornings(first: dt.date, last: dt.date) -> list[Morning]:
    return _added(DailySums.objects.all(), CountCorrection.objects.all(), first, last)


def _added(
    sums: QuerySet[DailySums],
    corrected: QuerySet[CountCorrection],
    first: dt.date,
    last: dt.date,
    rules: LeaveRules | None = None,
) -> list[Morning]:
    rows = sums.filter(day__range=(first, last)).values_list("day").order_by("day")
    totals = (Sum(name) for name in ("commissioned", "surge", "closed", *_PEOPLE))
    found: dict[dt.date, Counts] = {row[0]: row[1:] for row in rows.annotate(*totals)}
    return _told(found, corrected, first, last, rules)


def _told(
    found: Mapping[dt.date, Counts],
    corrected: QuerySet[CountCorrection],
    first: dt.date,
    last: dt.date,
    rules: LeaveRules | None = None,
) -> list[Morning]:
    """Each day's counts, with what was set for it and what was corrected in it: a day of which
    nothing is left to count is told too."""
    rules, changed = rules or leave_rules(), corrections(corrected, first, last)
    return [
        Morning(day, *found.get(day, _NONE), leave=rules.on(day), corrected=changed.get(day))
        for day in sorted(found.keys() | changed.keys())
    ]


def provider_mornings(
    provider: Provider, wards: Collection[int], first: dt.date, last: dt.date
) -> list[Morning]:
    """What it reported of these wards."""
    of = {"provider": provider, "ward__in": wards}
    return _mornings(of, first, last)


def ward_mornings(ward: Ward, first: dt.date, last: dt.date) -> list[Morning]:
    return _mornings({"ward": ward}, first, last)


def _mornings(of: dict[str, Any], first: dt.date, last: dt.date) -> list[Morning]:
    beds, patients = DailyBeds.objects.filter(**of), DailyPatients.objects.filter(**of)
    found: defaultdict[dt.date, dict[str, int]] = defaultdict(dict)
    for row in (
        beds.filter(day__range=(first, last))
        .values("day")
        .annotate(beds=Sum("commissioned"), extra=Sum("surge"), shut=Sum("closed"))
    ):
        found[row["day"]].update(beds=row["beds"], surge=row["extra"], closed=row["shut"])
    for people in (
        patients.filter(day__range=(first, last))
        .values("day")
        .annotate(here=Sum("patients"), over=Sum("over_capacity"), away=Sum("on_leave"))
    ):
        found[people["day"]].update(
            patients=people["here"], over_capacity=people["over"], on_leave=people["away"]
        )
    counts = {day: _counts(told) for day, told in found.items()}
    return _told(counts, CountCorrection.objects.filter(**of), first, last)


def _counts(told: dict[str, int]) -> Counts:
    beds, surge, closed, patients, over, away = (told.get(name, 0) for name in _COUNTS)
    return beds, surge, closed, patients, over, away
