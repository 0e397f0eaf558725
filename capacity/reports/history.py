"""The daily counts at 08:00 London, summed over whatever is asked for."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace

from django.db.models import QuerySet, Sum

from capacity.leave import COUNTED, LeaveRule
from capacity.models import DailyBeds, DailyPatients, DailySums, IntegratedCareBoard, Provider, Ward
from capacity.occupancy import Count
from capacity.reports.leave import leave_rules

_PEOPLE = ("patients", "over_capacity", "on_leave")


@dataclass(frozen=True, slots=True)
class Morning:
    """One day's count; `beds` is capacity, from which closed and surge beds stand apart. `leave`
    says whether people on leave counted in occupancy on that day."""

    day: dt.date
    beds: int = 0
    surge: int = 0
    closed: int = 0
    patients: int = 0
    over_capacity: int = 0
    on_leave: int = 0
    leave: LeaveRule = COUNTED

    @property
    def count(self) -> Count:
        """What occupancy is made of."""
        return self.leave.count(self)


def icb_mornings(icb: IntegratedCareBoard, first: dt.date, last: dt.date) -> list[Morning]:
    """The days counted from `first` to `last`, both included."""
    return mornings_of([icb.pk], first, last)


def mornings_of(icbs: Collection[int], first: dt.date, last: dt.date) -> list[Morning]:
    """Of several ICBs together, by their ids."""
    return _added(DailySums.objects.filter(icb__in=icbs), first, last)


def england_mornings(first: dt.date, last: dt.date) -> list[Morning]:
    return _added(DailySums.objects.all(), first, last)


def _added(sums: QuerySet[DailySums], first: dt.date, last: dt.date) -> list[Morning]:
    rows = sums.filter(day__range=(first, last)).values_list("day").order_by("day")
    totals = (Sum(name) for name in ("commissioned", "surge", "closed", *_PEOPLE))
    rules = leave_rules()
    found = (Morning(*row) for row in rows.annotate(*totals))
    return [replace(morning, leave=rules.on(morning.day)) for morning in found]


def provider_mornings(
    provider: Provider, wards: Collection[int], first: dt.date, last: dt.date
) -> list[Morning]:
    """What it reported of these wards."""
    return _mornings(
        DailyBeds.objects.filter(provider=provider, ward__in=wards),
        DailyPatients.objects.filter(provider=provider, ward__in=wards),
        first,
        last,
    )


def ward_mornings(ward: Ward, first: dt.date, last: dt.date) -> list[Morning]:
    return _mornings(
        DailyBeds.objects.filter(ward=ward), DailyPatients.objects.filter(ward=ward), first, last
    )


def _mornings(
    beds: QuerySet[DailyBeds], patients: QuerySet[DailyPatients], first: dt.date, last: dt.date
) -> list[Morning]:
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
    rules = leave_rules()
    return [Morning(day=day, leave=rules.on(day), **found[day]) for day in sorted(found)]
