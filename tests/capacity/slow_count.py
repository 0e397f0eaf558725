"""The count as a person would make it: each morning, each bed and each stay looked at in turn."""

from collections import Counter
from typing import Any

from capacity.models import Bed, BedAllocation, BedClosure, Leave, Stay, Ward, WardExclusion


def covers(period, at):
    """Half-open: who leaves at that instant has left."""
    return period.starts <= at and (period.ends is None or period.ends > at)


def open_wards(day, *, counting):
    excluded = {x.ward_id for x in WardExclusion.objects.all() if covers(x, day)}
    for ward in Ward.objects.all():
        is_open = ward.opens <= day and (ward.closes is None or ward.closes > day)
        if is_open and not (counting and ward.pk in excluded):
            yield ward


def owner(ward, bed_id, day):
    """The provider and ICB that the bed counts with; the ward's own where nobody says so."""
    for allocation in BedAllocation.objects.all():
        if allocation.bed_id == bed_id and covers(allocation, day):
            return allocation.provider_id, allocation.icb_id
    return ward.lead_provider_id, ward.icb_id


def stays_at(at):
    real = Stay.objects.select_related("spell")
    return [s for s in real if s.spell.destination != "entered_in_error" and covers(s, at)]


def beds(day, at, *, counting=True):
    """(day, ward, provider, icb) → commissioned, surge, closed, free."""
    shut = {c.bed_id for c in BedClosure.objects.all() if covers(c, at)}
    taken = {s.bed_id for s in stays_at(at)}
    found: dict[Any, tuple[int, ...]] = {}
    for ward in open_wards(day, counting=counting):
        for bed in (b for b in Bed.objects.all() if b.ward_id == ward.pk and covers(b, at)):
            key = (day, ward.pk, *owner(ward, bed.pk, day))
            commissioned, is_open = bed.kind == "commissioned", bed.pk not in shut
            told = (
                commissioned and is_open,
                not commissioned and is_open,
                commissioned and not is_open,
                commissioned and is_open and bed.pk not in taken,
            )
            was = found.get(key, (0, 0, 0, 0))
            found[key] = tuple(a + b for a, b in zip(was, told, strict=True))
    return found


def patients(day, at, *, counting=True):
    """(day, ward, provider, icb, pathway, route) → patients, in bed, over capacity, on leave."""
    away = {leave.spell_id for leave in Leave.objects.all() if covers(leave, at)}
    counts: list[Counter[Any]] = [Counter(), Counter(), Counter(), Counter()]
    wards = {ward.pk: ward for ward in open_wards(day, counting=counting)}
    for stay in stays_at(at):
        if ward := wards.get(stay.ward_id):
            key = (day, ward.pk, *owner(ward, stay.bed_id, day), stay.pathway, stay.route)
            counts[0][key] += 1
            counts[1][key] += stay.bed_id is not None
            counts[2][key] += stay.no_bed == "over_capacity"
            counts[3][key] += stay.spell_id in away
    return {key: tuple(count[key] for count in counts) for key in counts[0]}
