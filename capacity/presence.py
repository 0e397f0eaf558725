"""Who and what is here now: the count that every board, dashboard and answer shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from capacity import counting, kept
from capacity.models import Ward


@dataclass(frozen=True, slots=True)
class WardCount:
    """`beds` are open and commissioned: capacity. `patients` is everybody on the ward's list:
    `taken` beds (surge ones among them), those over capacity, and those away whose bed was given
    away. `on_leave` counts both whose bed is held and whose was not. `free` are open commissioned
    beds with nobody in them.
    """

    beds: int = 0
    surge: int = 0
    closed: int = 0
    taken: int = 0
    over_capacity: int = 0
    on_leave: int = 0
    free: int = 0
    patients: int = 0

    def __add__(self, other: WardCount) -> WardCount:
        return WardCount(
            beds=self.beds + other.beds,
            surge=self.surge + other.surge,
            closed=self.closed + other.closed,
            taken=self.taken + other.taken,
            over_capacity=self.over_capacity + other.over_capacity,
            on_leave=self.on_leave + other.on_leave,
            free=self.free + other.free,
            patients=self.patients + other.patients,
        )


def ward_counts(wards: QuerySet[Ward], at: dt.datetime) -> dict[int, WardCount]:
    """By the wards' ids, each of them present; two statements however many wards there are."""
    ids = list(wards.values_list("pk", flat=True))
    counts = dict.fromkeys(ids, WardCount())
    for bed in kept.beds(at, wards=ids):
        counts[bed.ward] += of_beds(bed)
    for line in kept.patients(at, wards=ids):
        counts[line.ward] += of_patients(line)
    return counts


def count_of(ward: Ward, at: dt.datetime) -> WardCount:
    """The same of one ward."""
    beds, patients = counting.of_ward(ward.pk, at)
    return sum((*map(of_beds, beds), *map(of_patients, patients)), WardCount())


def of_beds(line: counting.BedLine) -> WardCount:
    return WardCount(beds=line.commissioned, surge=line.surge, closed=line.closed, free=line.free)


def of_patients(line: counting.PatientLine) -> WardCount:
    return WardCount(
        taken=line.in_bed,
        over_capacity=line.over_capacity,
        on_leave=line.on_leave,
        patients=line.patients,
    )
