"""The stay in which a spell is now: found under its ward's lock, and closed."""

from __future__ import annotations

import datetime as dt

from capacity.actions.locks import lock_wards
from capacity.models import Spell, Stay, Ward
from capacity.refusals import NotOnAWard, TimeRefused


def open_stay_locked(spell: Spell, also: Ward | None = None) -> Stay:
    """The spell's open stay with its ward locked first, and another ward with it in id order."""
    seen = spell.stays.filter(ends__isnull=True).first()
    if seen is None:
        raise NotOnAWard
    wards = {seen.ward_id} | ({also.pk} if also else set())
    lock_wards(wards)
    now = spell.stays.select_for_update(of=("self",)).select_related("ward", "bed")
    stay = now.filter(ends__isnull=True).first()
    if stay is None or stay.ward_id not in wards:
        raise NotOnAWard("Somebody else has just moved this patient. Look again.")
    return stay


def close_stay(stay: Stay, *, reason: Stay.EndReason, at: dt.datetime) -> None:
    if at < stay.starts:
        raise TimeRefused("That is before the patient came to this bed.")
    stay.ends, stay.end_reason = at, reason
    stay.save(update_fields=["ends", "end_reason"])
