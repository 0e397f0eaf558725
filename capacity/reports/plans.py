"""What an ICB aims for, and the beds that it will have: dated ones, and those only planned."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from capacity.models import Bed, IntegratedCareBoard, PlannedBeds, Target
from capacity.planning import Change
from lib import london


@dataclass(frozen=True, slots=True)
class Aim:
    """Beds per 100,000, low and high, and occupancy in per cent; `own` unless it is England's."""

    low: float = 40
    high: float = 50
    percent: float = 80
    own: bool = False


NATIONAL = Aim()


def targets_of(icb: IntegratedCareBoard) -> list[Target]:
    return list(Target.objects.filter(icb=icb))


def aim_on(targets: list[Target], day: dt.date) -> Aim:
    """The last one begun by that day; England's where there is none."""
    begun = [target for target in targets if target.starts <= day]
    if not begun:
        return NATIONAL
    last = begun[-1]
    return Aim(
        low=float(last.beds_per_100k_low),
        high=float(last.beds_per_100k_high),
        percent=float(100 * last.occupancy),
        own=True,
    )


def planned_of(icb: IntegratedCareBoard, today: dt.date) -> list[PlannedBeds]:
    return list(PlannedBeds.objects.filter(icb=icb).standing().after(today).select_related("ward"))


def dated_changes(icb: IntegratedCareBoard, at: dt.datetime) -> list[Change]:
    """Commissioned beds of the ICB whose first or last day is entered already, and to come."""
    beds = Bed.objects.commissioned().filter(_of(icb))
    return _starting(beds, at) + _ending(beds, at)


def _of(icb: IntegratedCareBoard) -> Q:
    return Q(allocations__icb=icb, allocations__ends__isnull=True)


def _starting(beds: QuerySet[Bed], at: dt.datetime) -> list[Change]:
    starts = beds.filter(starts__gt=at).values_list("starts", flat=True)
    return [(london.day_of(start), 1) for start in starts]


def _ending(beds: QuerySet[Bed], at: dt.datetime) -> list[Change]:
    ends = beds.filter(ends__gt=at).values_list("ends", flat=True)
    return [(london.day_of(end), -1) for end in ends if end is not None]
