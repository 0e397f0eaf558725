"""Holding a bed for an accepted referral until a time; nobody else gets it meanwhile.

The time is stored and asked for: a hold that has run out holds nothing, and nobody need end it.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.actions.locks import lock_bed, lock_ward
from capacity.actions.places import check_free
from capacity.models import Bed
from capacity.refusals import BedHeld
from lib import london
from patients.models import Referral
from patients.policies import check_can_decide

LONGEST: Final = dt.timedelta(days=3)


@transaction.atomic
def hold_bed(
    *,
    referral: Referral,
    bed: Bed,
    until: dt.datetime,
    by: User,
    at: dt.datetime | None = None,
) -> Referral:
    """Kept for somebody on their way; it still counts as free, for nobody lies in it.

    Raises a BedRefused where the bed is taken, closed or held for another.
    """
    check_can_decide(by, referral, at=at)
    at = at or timezone.now()
    locked = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    _check_can_hold(locked, bed, until, at)
    ward = lock_ward(locked.ward)
    check_free(lock_bed(bed), ward=ward, at=at)
    check_not_held(bed, but_for=locked, at=at)
    locked.held_bed, locked.held_from, locked.held_until = bed, at, until
    locked.save(update_fields=["held_bed", "held_from", "held_until"])
    detail = {"bed": bed.label, "until": until.isoformat()}
    audit.record(by=by, verb="bed-held", subject=locked, detail=detail, at=at)
    return locked


def _check_can_hold(referral: Referral, bed: Bed, until: dt.datetime, at: dt.datetime) -> None:
    if referral.outcome != Referral.Outcome.ACCEPTED or hasattr(referral, "admission"):
        raise ValidationError("Only for who is accepted and not here yet.", code="not_accepted")
    if bed.ward_id != referral.ward_id:
        raise ValidationError("That bed is of another ward.", code="ward")
    if until <= at:
        raise ValidationError("That time has passed.", code="until")
    if until > at + LONGEST:
        raise ValidationError("A bed is held for three days at most.", code="until")


def check_not_held(bed: Bed | None, *, at: dt.datetime, but_for: Referral | None = None) -> None:
    """With the bed's ward locked by the caller, so that no hold begins meanwhile."""
    if bed is None:
        return
    holds = Referral.objects.holding_at(at).filter(held_bed=bed)
    if but_for is not None:
        holds = holds.exclude(pk=but_for.pk)
    hold = holds.first()
    if hold is not None and hold.held_until is not None:
        until = london.near_moment(hold.held_until, at)
        raise BedHeld(f"Bed {bed.label} is held for somebody else until {until}.")


@transaction.atomic
def release_bed(*, referral: Referral, by: User, at: dt.datetime | None = None) -> Referral:
    """Before its time: somebody else may have the bed."""
    check_can_decide(by, referral, at=at)
    locked = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    if locked.held_bed is not None:
        detail = {"bed": locked.held_bed.label}
        end_hold(locked)
        audit.record(by=by, verb="bed-released", subject=locked, detail=detail, at=at)
    return locked


def end_hold(referral: Referral) -> None:
    """Who has come needs it no more. Part of admitting, whose audit row it shares."""
    referral.held_bed = referral.held_from = referral.held_until = None
    referral.save(update_fields=["held_bed", "held_from", "held_until"])
