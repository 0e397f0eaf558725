"""Opens, moves, ends and reopens spells; every stay in every bed is written here."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.actions.changes import changed
from capacity.actions.delays import close_delays, reopen_delay
from capacity.actions.leaves import end_leave, start_leave
from capacity.actions.locks import lock_ward
from capacity.actions.open_stays import close_stay, open_stay_locked, wards_since
from capacity.actions.places import check_free, place, take
from capacity.facts import SpellFacts
from capacity.models import Bed, Spell, Stay, Ward
from capacity.models.stays import Destination
from capacity.refusals import NotOnAWard

__all__ = ["end_leave", "end_spell", "move_stay", "open_spell", "reopen_spell", "start_leave"]


@transaction.atomic
def open_spell(
    *,
    ward: Ward,
    bed: Bed | None,
    facts: SpellFacts,
    pathway: str,
    route: str,
    by: User | None,
    no_bed_reason: str = "",
    readmission_of: Spell | None = None,
    at: dt.datetime | None = None,
) -> Stay:
    """A new spell and its first stay; without a bed it is over capacity and needs a reason.

    `readmission_of` is an earlier spell of the same person that ended lately. Raises a BedRefused,
    and then nothing was written.
    """
    at = at or timezone.now()
    wanted = place(ward=lock_ward(ward), bed=bed, no_bed_reason=no_bed_reason)
    spell = Spell.objects.create(admitted_at=at, readmission_of=readmission_of, **facts.as_fields())
    stay = take(wanted, spell=spell, pathway=pathway, route=route, at=at)
    changed([ward], since=at, why="admission entered later")
    audit.record(by=by, verb="spell-opened", subject=stay, detail=told(stay), at=at)
    return stay


@transaction.atomic
def move_stay(
    *,
    spell: Spell,
    ward: Ward,
    bed: Bed | None,
    reason: Stay.EndReason,
    by: User | None,
    no_bed_reason: str = "",
    pathway: str | None = None,
    at: dt.datetime | None = None,
) -> Stay:
    """To another bed, ward or pathway: one stay ends and the next begins at the same instant."""
    at = at or timezone.now()
    old = open_stay_locked(spell, also=ward)
    wanted = place(ward=ward, bed=bed, no_bed_reason=no_bed_reason)
    close_stay(old, reason=reason, at=at)
    stay = take(wanted, spell=spell, pathway=pathway or old.pathway, route=old.route, at=at)
    changed([old.ward, ward], since=at, why="move entered later")
    detail = told(stay) | {"from": str(old.pk), "reason": str(reason)}
    audit.record(by=by, verb="stay-moved", subject=stay, detail=detail, at=at)
    return stay


@transaction.atomic
def end_spell(
    *, spell: Spell, destination: str, by: User | None, at: dt.datetime | None = None
) -> Spell:
    """The bed is free from that instant; a leave that was going on ends with it."""
    at = at or timezone.now()
    stay = open_stay_locked(spell)
    if destination == Destination.ENTERED_IN_ERROR:
        at = max(at, spell.admitted_at)
        _void_stays(spell, at=at)
    else:
        close_stay(stay, reason=Stay.EndReason.DISCHARGED, at=at)
    spell.leaves.filter(ends__isnull=True).update(ends=Greatest(F("starts"), Value(at)))
    close_delays(spell, at=at)
    _set_end(spell, destination=destination, at=at)
    since = _untrue_since(spell, at)
    changed(wards_since(stay, since), since=since, why="end of a spell entered later")
    audit.record(
        by=by, verb="spell-ended", subject=spell, detail={"destination": destination}, at=at
    )
    return spell


@transaction.atomic
def reopen_spell(
    *,
    spell: Spell,
    by: User | None,
    bed: Bed | None = None,
    no_bed_reason: str = "",
    at: dt.datetime | None = None,
) -> Stay:
    """An end that was entered in error: as if the patient had never left.

    Back in the same bed; where somebody lies there now, BedTaken, and the caller gives another
    bed or the reason for none.
    """
    last = spell.stays.select_related("ward", "bed").order_by("starts", "pk").last()
    if last is None:
        raise NotOnAWard
    ward, left_at = lock_ward(last.ward), _ended_at(spell)
    _set_end(spell, destination="", at=None)
    reopen_delay(spell, left_at=left_at)
    stay = _go_on(last, ward=ward, bed=bed, no_bed_reason=no_bed_reason, left_at=left_at)
    changed([ward], since=_untrue_since(spell, left_at), why="end of a spell taken back")
    audit.record(by=by, verb="spell-reopened", subject=spell, detail=told(stay), at=at)
    return stay


def _void_stays(spell: Spell, *, at: dt.datetime) -> None:
    """They stay on record, hold no bed and count nowhere."""
    for stay in spell.stays.all():
        stay.ends = stay.ends or max(at, stay.starts)
        stay.end_reason = Stay.EndReason.ENTERED_IN_ERROR
        stay.save(update_fields=["ends", "end_reason"])


def _set_end(spell: Spell, *, destination: str, at: dt.datetime | None) -> None:
    spell.discharged_at, spell.destination = at, destination
    spell.save(update_fields=["discharged_at", "destination"])


def _ended_at(spell: Spell) -> dt.datetime:
    """Read again under the lock: somebody else may have taken the end back meanwhile."""
    spell.refresh_from_db()
    if spell.discharged_at is None or spell.destination == Destination.ENTERED_IN_ERROR:
        raise NotOnAWard("There is no discharge to take back.")
    return spell.discharged_at


def _untrue_since(spell: Spell, at: dt.datetime) -> dt.datetime:
    voided = spell.destination == Destination.ENTERED_IN_ERROR
    return min(spell.admitted_at, at) if voided else at


def _go_on(
    last: Stay, *, ward: Ward, bed: Bed | None, no_bed_reason: str, left_at: dt.datetime
) -> Stay:
    if bed is None and not no_bed_reason:
        return _go_on_in_the_same_bed(last, ward=ward, left_at=left_at)
    last.end_reason = Stay.EndReason.MOVED
    last.save(update_fields=["end_reason"])
    wanted = place(ward=ward, bed=bed, no_bed_reason=no_bed_reason)
    return take(wanted, spell=last.spell, pathway=last.pathway, route=last.route, at=left_at)


def _go_on_in_the_same_bed(last: Stay, *, ward: Ward, left_at: dt.datetime) -> Stay:
    if last.bed is not None:
        check_free(last.bed, ward=ward, at=left_at)
    last.ends, last.end_reason = None, ""
    last.save(update_fields=["ends", "end_reason"])
    return last


def told(stay: Stay) -> dict[str, str | None]:
    return {
        "spell": str(stay.spell_id),
        "ward": stay.ward.code,
        "bed": stay.bed.label if stay.bed else None,
        "pathway": stay.pathway,
        "no_bed_reason": stay.no_bed_reason,
    }
