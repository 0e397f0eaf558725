"""Who treats on a ward: the names that a form offers."""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

from django.db.models import Q, QuerySet

from accounts.models import Membership, User
from accounts.policies import london_day
from accounts.roles import TREATING, Scope
from capacity.models import Ward
from lib.prepared import Statement


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


_USER: Final = ("id", "username", "first_name", "last_name", "profession")
_ROLES: Final = ", ".join(f"'{role}'" for role in sorted(TREATING))
# `clinicians_of` and `patients.policies.seniors_on` at once.
_COLLEAGUES: Final = Statement(
    "colleagues",
    f"""
SELECT {", ".join(f"u.{name}" for name in _USER)}, bool_or(m.senior_decision_maker)
FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
WHERE u.is_active AND m.starts <= %(day)s AND (m.ends IS NULL OR m.ends > %(day)s)
  AND m.role IN ({_ROLES})
  AND (m.scope, m.code) IN
      (('{Scope.WARD}', %(ward)s), ('{Scope.PROVIDER}', %(provider)s), ('{Scope.ICB}', %(icb)s))
GROUP BY u.id ORDER BY u.last_name, u.first_name
""",  # noqa: S608 — put together from constants only
    day="date",
    ward="text",
    provider="text",
    icb="text",
)


def colleagues(ward: Ward, at: dt.datetime | None = None) -> list[Colleague]:
    """Whoever treats there today, and who of them decides as a senior: one statement."""
    codes = {"ward": ward.code, "provider": ward.lead_provider.code, "icb": ward.icb.code}
    found = _COLLEAGUES.rows({"day": london_day(at), **codes})
    return [Colleague(User.from_db("default", _USER, row[:-1]), row[-1]) for row in found]
