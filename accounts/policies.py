"""Who may do what, and where: the few questions that every app's policies ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Membership, Scope, User
from accounts.roles import TREATING, Role

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
    day = timezone.localdate(at, timezone.get_default_timezone())
    cache: dict[dt.date, list[Membership]] = user.__dict__.setdefault("_memberships_by_day", {})
    if day not in cache:
        cache[day] = list(Membership.objects.of(user).on(day).order_by("pk"))
    return cache[day]


def forget_memberships(user: User) -> None:
    """After a grant or an end, so that the same object asks again."""
    user.__dict__.pop("_memberships_by_day", None)


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
