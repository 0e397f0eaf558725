"""Who may do what, and where: the few questions that every app's policies ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Membership, User
from accounts.models.people import MembershipQuerySet, user_with_memberships
from accounts.roles import SCOPES_OF, TREATING, Role, Scope, provider_of

AnyUser = AbstractBaseUser | AnonymousUser


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a set of roles holds: ward codes and ODS codes, or all of England."""

    wards: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    icbs: frozenset[str] = frozenset()
    england: bool = False

    @property
    def empty(self) -> bool:
        return not (self.england or self.wards or self.providers or self.icbs)

    def covers(self, *, ward: str = "", provider: str = "", icb: str = "") -> bool:
        """Whether any of the codes of one place lies within."""
        return self.england or ward in self.wards or provider in self.providers or icb in self.icbs


NOWHERE = Reach()


def memberships_now(user: AnyUser, *, at: dt.datetime | None = None) -> list[Membership]:
    """The user's memberships in force, asked once per user object and London day."""
    if not isinstance(user, User) or not user.is_active or user.pk is None:
        return []
    day = london_day(at)
    known = user.memberships_by_day
    if day not in known:
        known[day] = Membership.read(user, day)
    return known[day]


def with_memberships(pk: int) -> User | None:
    """A user who is known to hold what they hold today, in one statement."""
    day = london_day()
    found = user_with_memberships(pk, day)
    if found is None:
        return None
    user, held = found
    user.memberships_by_day[day] = held
    return user


def london_day(at: dt.datetime | None = None) -> dt.date:
    """Memberships begin and end with London days, whatever the machine's clock is set to."""
    return timezone.localdate(at, timezone.get_default_timezone())


def forget_memberships(user: User) -> None:
    """After a grant or an end, so that the same object asks again."""
    user.memberships_by_day.clear()


def reach(user: AnyUser, roles: Collection[str], *, at: dt.datetime | None = None) -> Reach:
    """Where the user holds any of these roles. A superuser gets nothing for free."""
    return _reach_of(m for m in memberships_now(user, at=at) if m.role in roles)


def _reach_of(memberships: Iterable[Membership]) -> Reach:
    held = list(memberships)
    return Reach(
        wards=_codes(held, Scope.WARD),
        providers=_codes(held, Scope.PROVIDER),
        icbs=_codes(held, Scope.ICB),
        england=any(m.scope == Scope.ENGLAND for m in held),
    )


def _codes(memberships: list[Membership], scope: Scope) -> frozenset[str]:
    return frozenset(m.code for m in memberships if m.scope == scope)


def has_role(user: AnyUser, roles: Collection[str], at: dt.datetime | None = None) -> bool:
    return any(m.role in roles for m in memberships_now(user, at=at))


def roles_of(user: AnyUser, *, at: dt.datetime | None = None) -> frozenset[Role]:
    return frozenset(Role(m.role) for m in memberships_now(user, at=at))


def is_senior_for(
    user: AnyUser,
    *,
    ward: str,
    provider: str,
    icb: str,
    at: dt.datetime | None = None,
) -> bool:
    """Whether the user may loosen care at this place: a treating senior decision-maker there."""
    senior = _reach_of(
        m for m in memberships_now(user, at=at) if m.senior_decision_maker and m.role in TREATING
    )
    return senior.covers(ward=ward, provider=provider, icb=icb)


def is_signed_in_staff(user: AnyUser, *, at: dt.datetime | None = None) -> bool:
    return bool(memberships_now(user, at=at))


def check_signed_in_staff(user: AnyUser, *, at: dt.datetime | None = None) -> None:
    """Signed in, active, and with at least one role today."""
    if not is_signed_in_staff(user, at=at):
        raise PermissionDenied("You have no role in this service today.")


def signed_in(request: HttpRequest) -> User:
    """The person behind a request, for `by=`; pages behind the sign-in form always have one."""
    if not isinstance(request.user, User):
        raise PermissionDenied("Sign in first.")
    return request.user


# Administrators and auditors: what happens inside their own organisations

ADMINISTRATORS = frozenset({Role.ORGANISATION_ADMINISTRATOR})
AUDITORS = frozenset({Role.AUDITOR})


def memberships_within(place: Reach) -> MembershipQuerySet:
    """Those of the organisations themselves and of the wards that their codes begin."""
    if place.england:
        return Membership.objects.all()
    inside = Q(scope=Scope.PROVIDER, code__in=place.providers)
    inside |= Q(scope=Scope.ICB, code__in=place.icbs)
    for provider in place.providers:
        inside |= Q(scope=Scope.WARD, code__startswith=f"{provider}-")
    return Membership.objects.filter(inside)


def memberships_administered_by(user: AnyUser) -> MembershipQuerySet:
    return memberships_within(reach(user, ADMINISTRATORS))


def people_administered_by(user: AnyUser) -> QuerySet[User]:
    """Whoever has, had or will have a role in the administrator's organisations."""
    return User.objects.filter(pk__in=memberships_administered_by(user).values("user"))


def people_audited_by(user: AnyUser) -> QuerySet[User]:
    place = reach(user, AUDITORS)
    if place.england:
        return User.objects.all()
    return User.objects.filter(pk__in=memberships_within(place).values("user"))


def can_administer(user: AnyUser) -> bool:
    return has_role(user, ADMINISTRATORS)


def check_can_administer(user: AnyUser) -> None:
    if not can_administer(user):
        raise PermissionDenied("Only an organisation's administrator manages its people.")


def can_audit(user: AnyUser) -> bool:
    return has_role(user, AUDITORS)


def check_can_audit(user: AnyUser) -> None:
    if not can_audit(user):
        raise PermissionDenied("Only an auditor sees who looked at and changed what.")


def can_grant(by: AnyUser, *, to: User | None, role: str, scope: str, code: str) -> bool:
    """Within the administrator's own organisations, and never to themselves."""
    if to is not None and to.pk == by.pk:
        return False
    return Scope(scope) in SCOPES_OF[Role(role)] and _administers(by, scope=scope, code=code)


def check_can_grant(by: AnyUser, *, to: User | None, role: str, scope: str, code: str) -> None:
    if not can_grant(by, to=to, role=role, scope=scope, code=code):
        raise PermissionDenied("You can give roles in your own organisations, to other people.")


def can_end(by: AnyUser, membership: Membership) -> bool:
    return _administers(by, scope=membership.scope, code=membership.code)


def check_can_end(by: AnyUser, membership: Membership) -> None:
    if not can_end(by, membership):
        raise PermissionDenied("You can end roles in your own organisations.")


def _administers(user: AnyUser, *, scope: str, code: str) -> bool:
    own = reach(user, ADMINISTRATORS)
    inside = {
        Scope.WARD: provider_of(code) in own.providers,
        Scope.PROVIDER: code in own.providers,
        Scope.ICB: code in own.icbs,
        Scope.ENGLAND: False,
    }
    return own.england or inside[Scope(scope)]
