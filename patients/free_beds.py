"""Beds that can be given to somebody now: free, and held for nobody else."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from django.db.models import QuerySet

from capacity.models import Bed, Ward
from patients.models import Referral


def beds_for(ward: Ward, *, at: dt.datetime, referral: Referral | None = None) -> QuerySet[Bed]:
    """`referral` is who it is for: the bed held for them is theirs."""
    holds = Referral.objects.holding_at(at).filter(held_bed__ward=ward)
    if referral is not None:
        holds = holds.exclude(pk=referral.pk)
    free = Bed.objects.free_at(at).filter(ward=ward).exclude(pk__in=holds.values("held_bed"))
    return free.order_by("position", "label")


def held_by_ward(wards: Iterable[Ward], *, at: dt.datetime) -> Counter[int]:
    """How many beds are held, by the ward's id."""
    holds = Referral.objects.holding_at(at).filter(held_bed__ward__in=list(wards))
    return Counter(holds.values_list("held_bed__ward", flat=True))
