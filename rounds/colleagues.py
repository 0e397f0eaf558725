"""Who treats on a ward: the names that a form offers."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership, User
from accounts.policies import london_day
from accounts.roles import TREATING, Scope
from capacity.models import Ward
from patients.policies import seniors_on


class Colleague(NamedTuple):
    user: User
    senior: bool


def clinicians_of(ward: Ward, at: dt.datetime | None = None) -> QuerySet[User]:
    """By family name; whoever treats there today."""
    here = Q(scope=Scope.WARD, code=ward.code)
    here |= Q(scope=Scope.PROVIDER, code=ward.lead_provider.code)
    here |= Q(scope=Scope.ICB, code=ward.icb.code)
    held = Membership.objects.on(london_day(at)).in_roles(TREATING).filter(here)
    found = User.objects.filter(pk__in=held.values("user"), is_active=True)
    return found.order_by("last_name", "first_name")


def colleagues(ward: Ward, at: dt.datetime | None = None) -> list[Colleague]:
    """Whoever treats there today, and who of them decides as a senior: one statement."""
    seniors = seniors_on(ward, at=at).filter(pk=OuterRef("pk"))
    found = clinicians_of(ward, at).annotate(decides=Exists(seniors))
    return [Colleague(user, bool(user.decides)) for user in found]
