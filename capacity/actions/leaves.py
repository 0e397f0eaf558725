"""Away for a while: the bed is held, or released to somebody else."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.actions.changes import changed
from capacity.actions.open_stays import close_stay, open_stay_locked, wards_since
from capacity.actions.places import Place, place, take
from capacity.models import Bed, Leave, Spell, Stay
from capacity.refusals import AlreadyOnLeave, NoBedWithoutReason, NotOnAWard, TimeRefused


@transaction.atomic
def start_leave(
    *,
    spell: Spell,
    kind: str,
    expected_back: dt.datetime,
    bed_held: bool,
    by: User | None,
    at: dt.datetime | None = None,
) -> Leave:
    """A released bed is free from that instant; the patient stays on the ward's list without."""
    at = at or timezone.now()
    stay = open_stay_locked(spell)
    _check_can_leave(stay, expected_back=expected_back, at=at)
    leave = Leave.objects.create(
        spell=spell, kind=kind, starts=at, expected_back=expected_back, bed_held=bed_held
    )
    if not bed_held and stay.bed is not None:
        _release(stay, at=at)
    changed(wards_since(stay, at), since=at, why="leave entered later")
    detail = {"spell": str(spell.pk), "kind": kind, "bed_held": bed_held}
    audit.record(by=by, verb="leave-started", subject=leave, detail=detail, at=at)
    return leave


@transaction.atomic
def end_leave(
    *,
    leave: Leave,
    by: User | None,
    bed: Bed | None = None,
    no_bed_reason: str = "",
    at: dt.datetime | None = None,
) -> Leave:
    """Back on the ward; whose bed was released needs a bed again, or a reason for none."""
    at = at or timezone.now()
    stay = open_stay_locked(leave.spell)
    leave.refresh_from_db()
    if leave.ends is not None:
        raise NotOnAWard("This leave has already ended.")
    if at < leave.starts:
        raise TimeRefused("That is before the leave began.")
    leave.ends = at
    leave.save(update_fields=["ends"])
    _lie_down(stay, bed=bed, no_bed_reason=no_bed_reason, at=at)
    changed(wards_since(stay, at), since=at, why="return from leave entered later")
    audit.record(by=by, verb="leave-ended", subject=leave, at=at)
    return leave


def _check_can_leave(stay: Stay, *, expected_back: dt.datetime, at: dt.datetime) -> None:
    if expected_back <= at:
        raise TimeRefused("Say when the patient is expected back: after the leave begins.")
    if stay.spell.leaves.filter(ends__isnull=True).exists():
        raise AlreadyOnLeave
    if stay.spell.leaves.filter(ends__gt=at).exists():
        raise TimeRefused("An earlier leave ended after that time.")


def _release(stay: Stay, *, at: dt.datetime) -> None:
    without = Place(
        ward=stay.ward,
        bed=None,
        no_bed=Stay.NoBed.ON_LEAVE,
        no_bed_reason=Stay.NoBed.ON_LEAVE.label,
    )
    _next_stay(stay, without, reason=Stay.EndReason.BED_RELEASED, at=at)


def _lie_down(stay: Stay, *, bed: Bed | None, no_bed_reason: str, at: dt.datetime) -> None:
    released = stay.no_bed == Stay.NoBed.ON_LEAVE
    if bed is None and not released:
        return
    if bed is None and not no_bed_reason:
        raise NoBedWithoutReason("The bed was given away: choose a bed, or say why there is none.")
    if bed is None or bed.pk != stay.bed_id:
        back = place(ward=stay.ward, bed=bed, no_bed_reason=no_bed_reason)
        _next_stay(stay, back, reason=Stay.EndReason.MOVED, at=at)


def _next_stay(stay: Stay, wanted: Place, *, reason: Stay.EndReason, at: dt.datetime) -> None:
    close_stay(stay, reason=reason, at=at)
    take(wanted, spell=stay.spell, pathway=stay.pathway, route=stay.route, at=at)
