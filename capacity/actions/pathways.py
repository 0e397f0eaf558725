"""A patient goes on with another pathway, in the same place: figures by pathway follow."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.actions.changes import changed
from capacity.actions.open_stays import close_stay, open_stay_locked
from capacity.actions.stays import told
from capacity.models import Spell, Stay


@transaction.atomic
def change_pathway(
    *, spell: Spell, pathway: str, by: User | None, at: dt.datetime | None = None
) -> Stay:
    """One stay ends and the next begins at the same instant; nobody's bed is taken or given up."""
    at = at or timezone.now()
    old = open_stay_locked(spell)
    if old.pathway == pathway:
        return old
    close_stay(old, reason=Stay.EndReason.PATHWAY_CHANGED, at=at)
    stay = Stay.objects.create(
        spell=spell,
        ward=old.ward,
        bed=old.bed,
        no_bed=old.no_bed,
        no_bed_reason=old.no_bed_reason,
        pathway=pathway,
        route=old.route,
        starts=at,
    )
    changed([old.ward], since=at, why="pathway changed earlier")
    detail = told(stay) | {"from": str(old.pk), "reason": Stay.EndReason.PATHWAY_CHANGED.value}
    audit.record(by=by, verb="stay-moved", subject=stay, detail=detail, at=at)
    return stay
