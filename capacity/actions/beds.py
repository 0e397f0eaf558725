"""Opens, closes and withdraws beds, and says whose they are."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.actions.changes import changed
from capacity.actions.locks import lock_bed, lock_ward
from capacity.actions.places import check_nobody_in
from capacity.models import Bed, BedAllocation, BedClosure, IntegratedCareBoard, Provider, Ward
from capacity.policies import check_can_change_beds, check_can_close_bed
from capacity.refusals import BedClosed, BedRefused, TimeRefused
from lib import london


@transaction.atomic
def add_beds(
    *,
    ward: Ward,
    number: int,
    provider: Provider,
    icb: IntegratedCareBoard,
    by: User | None,
    kind: str = Bed.Kind.COMMISSIONED,
    starts: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> list[Bed]:
    """`number` more beds, reported by `provider` and commissioned by `icb` from that day on."""
    if by is not None:
        check_can_change_beds(by, ward)
    starts = starts or at or timezone.now()
    beds = Bed.objects.bulk_create(_new_beds(lock_ward(ward), number, kind, starts))
    BedAllocation.objects.bulk_create(
        BedAllocation(bed=bed, provider=provider, icb=icb, starts=london.day_of(starts))
        for bed in beds
    )
    changed([ward], since=starts, why="beds opened from an earlier day")
    detail = {"number": number, "kind": kind, "provider": provider.code, "icb": icb.code}
    audit.record(by=by, verb="beds-added", subject=ward, detail=detail, at=at)
    return beds


def _new_beds(ward: Ward, number: int, kind: str, starts: dt.datetime) -> list[Bed]:
    """Labels go on where the ward's last ones of that kind ended; surge beds are S1, S2 …"""
    same_kind = ward.beds.filter(kind=kind).count()
    position = ward.beds.aggregate(last=Max("position"))["last"] or 0
    prefix = "S" if kind == Bed.Kind.SURGE else ""
    return [
        Bed(
            ward=ward,
            label=f"{prefix}{same_kind + n}",
            position=position + n,
            kind=kind,
            starts=starts,
        )
        for n in range(1, number + 1)
    ]


@transaction.atomic
def withdraw_bed(*, bed: Bed, by: User | None, at: dt.datetime | None = None) -> Bed:
    """From then on the bed is no more; nobody may lie in it."""
    at = at or timezone.now()
    locked = _locked(bed)
    if by is not None:
        check_can_change_beds(by, locked.ward)
    check_nobody_in(locked, at)
    if at <= locked.starts:
        raise TimeRefused("That is before the bed was opened.")
    locked.ends = at
    locked.save(update_fields=["ends"])
    changed([locked.ward], since=at, why="bed withdrawn from an earlier day")
    audit.record(by=by, verb="bed-withdrawn", subject=locked, at=at)
    return locked


@transaction.atomic
def close_bed(
    *,
    bed: Bed,
    reason: str,
    by: User | None,
    note: str = "",
    expected_until: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> BedClosure:
    """Nobody can be admitted to it until it is reopened; it is no capacity meanwhile."""
    at = at or timezone.now()
    locked = _locked(bed)
    if by is not None:
        check_can_close_bed(by, locked.ward)
    check_nobody_in(locked, at)
    _check_open(locked, at)
    closure = BedClosure.objects.create(
        bed=locked,
        starts=at,
        expected_until=expected_until,
        reason=reason,
        note=note,
        closed_by=by,
    )
    changed([locked.ward], since=at, why="bed closed from an earlier time")
    detail = {"reason": str(reason), "note": note}
    audit.record(by=by, verb="bed-closed", subject=locked, detail=detail, at=at)
    return closure


@transaction.atomic
def reopen_bed(*, bed: Bed, by: User | None, at: dt.datetime | None = None) -> Bed:
    at = at or timezone.now()
    locked = _locked(bed)
    if by is not None:
        check_can_close_bed(by, locked.ward)
    closure = locked.closures.filter(ends__isnull=True).first()
    if closure is None:
        raise BedRefused(f"Bed {locked.label} is not closed.")
    if at <= closure.starts:
        raise TimeRefused("That is before the bed was closed.")
    closure.ends = at
    closure.save(update_fields=["ends"])
    changed([locked.ward], since=at, why="bed reopened from an earlier time")
    audit.record(by=by, verb="bed-reopened", subject=locked, at=at)
    return locked


@transaction.atomic
def reallocate_bed(
    *,
    bed: Bed,
    provider: Provider,
    icb: IntegratedCareBoard,
    starts: dt.date,
    by: User | None,
    at: dt.datetime | None = None,
) -> BedAllocation:
    """Another provider reports the bed, or another ICB commissions it, from a day on."""
    locked = _locked(bed)
    if by is not None:
        check_can_change_beds(by, locked.ward)
    if locked.allocations.filter(starts__gte=starts).exists():
        raise TimeRefused("A later change of this bed's organisation is already recorded.")
    locked.allocations.filter(ends__isnull=True).update(ends=starts)
    allocation = BedAllocation.objects.create(bed=locked, provider=provider, icb=icb, starts=starts)
    since = london.day_bounds(starts)[0]
    changed([locked.ward], since=since, why="bed given to another organisation")
    detail = {"provider": provider.code, "icb": icb.code, "starts": starts.isoformat()}
    audit.record(by=by, verb="bed-reallocated", subject=locked, detail=detail, at=at)
    return allocation


def _locked(bed: Bed) -> Bed:
    ward = lock_ward(bed.ward)
    locked = lock_bed(bed)
    locked.ward = ward
    return locked


def _check_open(bed: Bed, at: dt.datetime) -> None:
    exists = Bed.objects.existing(at).filter(pk=bed.pk).exists()
    if not exists or bed.closures.exclude(ends__lte=at).exists():
        raise BedClosed(f"Bed {bed.label} is already closed.")
