"""An ICB's frozen Thursdays, and what has been corrected since."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Sum

from capacity.disclosure import Shown, published
from capacity.leave import LeaveRule
from capacity.models import (
    DailyBeds,
    DailyPatients,
    FrozenBeds,
    FrozenPatients,
    IntegratedCareBoard,
    Provider,
    Thursday,
)
from capacity.occupancy import Count
from capacity.reports.leave import leave_rules

SHOWN_THURSDAYS = 26


@dataclass(frozen=True, slots=True)
class FrozenMorning:
    """A Thursday of one ICB: as it was counted then, and as its day is counted now.

    `now` is None for a day of before there were daily figures.
    """

    thursday: Thursday
    then: Count
    now: Count | None
    on_leave: int
    leave: LeaveRule

    @property
    def full(self) -> Count:
        """What its occupancy is made of."""
        return self.leave.of(self.then, self.on_leave)


@dataclass(frozen=True, slots=True)
class Publication:
    """What may leave for a wider public of one Thursday: beds as they are, patients guarded."""

    thursday: Thursday
    beds: dict[str, int]
    patients: Shown


def mornings(icb: IntegratedCareBoard) -> list[FrozenMorning]:
    """The latest first."""
    thursdays = list(Thursday.objects.order_by("-day")[:SHOWN_THURSDAYS])
    days = [one.day for one in thursdays]
    beds = _sums(FrozenBeds, "thursday__day", "commissioned", icb, days)
    patients = _sums(FrozenPatients, "thursday__day", "patients", icb, days)
    on_leave = _sums(FrozenPatients, "thursday__day", "on_leave", icb, days)
    rules = leave_rules()
    beds_now = _sums(DailyBeds, "day", "commissioned", icb, days)
    patients_now = _sums(DailyPatients, "day", "patients", icb, days)
    daily = {*DailyBeds.objects.filter(day__in=days).values_list("day", flat=True).distinct()}
    return [
        FrozenMorning(
            one,
            Count(beds.get(one.day, 0), patients.get(one.day, 0)),
            Count(beds_now.get(one.day, 0), patients_now.get(one.day, 0))
            if one.day in daily
            else None,
            on_leave.get(one.day, 0),
            rules.on(one.day),
        )
        for one in thursdays
    ]


def publication(icb: IntegratedCareBoard, thursday: Thursday) -> Publication:
    """By pathway and reporting provider: one table, since two cuts could be set against another."""
    patients = FrozenPatients.objects.filter(thursday=thursday, icb=icb)
    beds = FrozenBeds.objects.filter(thursday=thursday, icb=icb)
    by_provider = dict(beds.values_list("provider").annotate(Sum("commissioned")).order_by())
    summed = patients.values("pathway", "provider").annotate(sum=Sum("patients"))
    ids = {one["provider"] for one in summed} | {*by_provider}
    names = {one.pk: str(one) for one in Provider.objects.filter(pk__in=ids)}
    counts = {
        (one["pathway"], names[one["provider"]]): one["sum"]
        for one in summed.order_by("pathway", "provider__name")
    }
    told = {names[one]: count for one, count in by_provider.items()}
    return Publication(thursday, dict(sorted(told.items())), published(counts))


def _sums(
    model: type[FrozenBeds | FrozenPatients | DailyBeds | DailyPatients],
    day: str,
    field: str,
    icb: IntegratedCareBoard,
    days: list[dt.date],
) -> dict[dt.date, int]:
    rows = model._default_manager.filter(**{f"{day}__in": days}, icb=icb)
    return dict(rows.values_list(day).annotate(Sum(field)).order_by())
