"""The stays that a ward's figure counts: bed, pathway, day n; nobody is named."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from capacity.models import Leave, Stay, Ward
from capacity.occupancy import nights


@dataclass(frozen=True, slots=True)
class StayLine:
    """`day` counts the spell's days, the day of admission being day 1."""

    bed: str
    no_bed: str
    pathway: str
    route: str
    day: int
    on_leave: bool


def stays_of(ward: Ward, at: dt.datetime) -> list[StayLine]:
    """In the order of the bed board; those without a bed last."""
    here = Stay.objects.filter(ward=ward).at(at)
    going_on = Q(ends__isnull=True) | Q(ends__gt=at)
    away = set(
        Leave.objects.filter(going_on, starts__lte=at, spell__in=here.values("spell"))
        .order_by()
        .values_list("spell", flat=True)
    )
    rows = here.select_related("bed", "spell").order_by("bed__position", "bed__label", "starts")
    return [_line(stay, at, away=stay.spell_id in away) for stay in rows]


def _line(stay: Stay, at: dt.datetime, *, away: bool) -> StayLine:
    return StayLine(
        bed=stay.bed.label if stay.bed else "",
        no_bed=stay.get_no_bed_display(),
        pathway=stay.pathway,
        route=stay.route,
        day=nights(stay.spell.admitted_at, at) + 1,
        on_leave=away,
    )
