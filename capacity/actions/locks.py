"""Takes locks in the one order of the house: ward, then bed, then whatever comes after."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F

from capacity.models import Bed, Ward


def lock_wards(ids: Iterable[int]) -> dict[int, Ward]:
    """In id order, so that two transfers in opposite directions cannot wait for each other."""
    # No key update: enough to queue writers, and foreign keys that point here are not held up.
    rows = Ward.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk")
    return {ward.pk: ward for ward in rows}


def lock_ward(ward: Ward) -> Ward:
    return lock_wards([ward.pk])[ward.pk]


def lock_bed(bed: Bed) -> Bed:
    return Bed.objects.select_for_update(no_key=True).get(pk=bed.pk)


def move_rosters(ids: Iterable[int]) -> None:
    """Who lies where changed: boards of these wards are no longer what they were."""
    wards = Ward.objects.filter(pk__in=set(ids))
    wards.update(roster_version=F("roster_version") + 1)
