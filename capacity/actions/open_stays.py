"""The stay in which a spell is now: found under its ward's lock, and closed."""

from __future__ import annotations

import datetime as dt

from capacity.actions.locks import lock_wards
from capacity.models import Spell, Stay, Ward
from capacity.refusals import NotOnAWard, TimeRefused


def open_stay_locked(spell: Spell, also: Ward | None = None) -> Stay:
    """The spell's open stay with its ward locked first, and with it in id order each ward where
    the spell was before, whose counts a change from earlier touches, and another ward."""
    wards = set(spell.stays.values_list("ward", flat=True)) | ({also.pk} if also else set())
    lock_wards(wards)
    now = spell.stays.select_for_update(of=("self",)).select_related("ward", "bed")
    stay = now.filter(ends__isnull=True).first()
    if stay is None:
        raise NotOnAWard
    if stay.ward_id not in wards:
        raise NotOnAWard("Somebody else has just moved this patient. Look again.")
    return stay


def wards_since(stay: Stay, since: dt.datetime) -> list[Ward]:
    """Where the spell was from then on, the newest of its stays being this one."""
    if since >= stay.starts:
        return [stay.ward]
    later = stay.spell.stays.exclude(ends__lte=since).values("ward")
    return list(Ward.objects.filter(pk__in=later))


def close_stay(stay: Stay, *, reason: Stay.EndReason, at: dt.datetime) -> None:
    if at < stay.starts:
        raise TimeRefused("That is before the patient came to this bed.")
    stay.ends, stay.end_reason = at, reason
    stay.save(update_fields=["ends", "end_reason"])
