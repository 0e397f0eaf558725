"""Who treats on a ward: the names that a form offers."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from accounts.models import Membership, User
from accounts.policies import london_day
from accounts.roles import TREATING, Scope
from capacity.models import Ward


def clinicians_of(ward: Ward, at: dt.datetime | None = None) -> QuerySet[User]:
    """By family name; whoever treats there today."""
    here = Q(scope=Scope.WARD, code=ward.code)
    here |= Q(scope=Scope.PROVIDER, code=ward.lead_provider.code)
    here |= Q(scope=Scope.ICB, code=ward.icb.code)
    held = Membership.objects.on(london_day(at)).in_roles(TREATING).filter(here)
    found = User.objects.filter(pk__in=held.values("user"), is_active=True)
    return found.order_by("last_name", "first_name")
