"""Checks, under the locks, that a place on a ward can be had from an instant on, and takes it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from capacity.actions.locks import lock_bed
from capacity.models import Bed, BedClosure, Spell, Stay, Ward
from capacity.refusals import (
    BedClosed,
    BedOfAnotherWard,
    BedTaken,
    NoBedWithoutReason,
    WardNotOpen,
)
from lib import london


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A bed of a ward, or none and the reason for it."""

    ward: Ward
    bed: Bed | None
    no_bed: str = ""
    no_bed_reason: str = ""


def place(*, ward: Ward, bed: Bed | None, no_bed_reason: str) -> Place:
    """No bed means over capacity: a patient more, never a bed more."""
    if bed is not None:
        return Place(ward=ward, bed=bed)
    if not no_bed_reason.strip():
        raise NoBedWithoutReason
    return Place(
        ward=ward, bed=None, no_bed=Stay.NoBed.OVER_CAPACITY, no_bed_reason=no_bed_reason.strip()
    )


def take(place: Place, *, spell: Spell, pathway: str, route: str, at: dt.datetime) -> Stay:
    """With the ward locked by the caller."""
    check_ward_open(place.ward, at)
    if place.bed is not None:
        check_free(lock_bed(place.bed), ward=place.ward, at=at)
    return Stay.objects.create(
        spell=spell,
        ward=place.ward,
        bed=place.bed,
        no_bed=place.no_bed,
        no_bed_reason=place.no_bed_reason,
        pathway=pathway,
        route=route,
        starts=at,
    )


def check_ward_open(ward: Ward, at: dt.datetime) -> None:
    if not Ward.objects.open_on(london.day_of(at)).filter(pk=ward.pk).exists():
        raise WardNotOpen


def check_free(bed: Bed, *, ward: Ward, at: dt.datetime) -> None:
    """From `at` on without an end: whoever came or will come later is in the way as well."""
    if bed.ward_id != ward.pk:
        raise BedOfAnotherWard
    if not Bed.objects.existing(at).filter(pk=bed.pk).exists() or _closed_from(bed, at):
        raise BedClosed(f"Bed {bed.label} is closed.")
    check_nobody_in(bed, at)


def check_nobody_in(bed: Bed, at: dt.datetime) -> None:
    if Stay.objects.counted().filter(_later(at), bed=bed).exists():
        raise BedTaken(f"Somebody else is in bed {bed.label}.")


def _closed_from(bed: Bed, at: dt.datetime) -> bool:
    return BedClosure.objects.filter(_later(at), bed=bed).exists()


def _later(at: dt.datetime) -> Q:
    return Q(ends__isnull=True) | Q(ends__gt=at)
