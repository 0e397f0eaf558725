"""Handovers that wait for somebody: told wherever their day begins."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, QuerySet

from accounts.models import User
from rounds.models import Handover


def waiting_for(user: User, at: dt.datetime) -> QuerySet[Handover]:
    """Offered to this person and not answered, with `patients`; on wards they may still see."""
    mine = Handover.objects.waiting().caring(user).filter(offered_to=user, until__gt=at)
    related = mine.select_related("ward", "offered_by").annotate(patients=Count("lines"))
    return related.order_by("offered_at")
