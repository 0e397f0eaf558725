"""Users with their profession, and memberships: a role in a place, with dates."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import ClassVar, Final

import pghistory
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from accounts.roles import Role, Scope
from lib.prepared import Statement


def short_name(first: str, last: str, username: str) -> str:
    """How colleagues write a name; for those too who read it without the rest of the user."""
    if not last:
        return first or username
    return f"{first[:1]}. {last}" if first else last


class User(AbstractUser):
    profession = models.CharField(
        max_length=80, blank=True, help_text="As colleagues would say it: nurse in charge."
    )
    registration_number = models.CharField(
        max_length=40, blank=True, help_text="With its body: NMC 12A3456C."
    )

    class Meta(AbstractUser.Meta):
        constraints: ClassVar = [
            # Two people with one address could each reset the other's password.
            models.UniqueConstraint(
                Lower("email"), condition=~Q(email=""), name="one_user_per_email"
            ),
        ]

    @cached_property
    def memberships_by_day(self) -> dict[dt.date, list[Membership]]:
        """What has been asked of this object so far; `accounts.policies` asks, and forgets."""
        return {}

    @property
    def short_name(self) -> str:
        """A. Okafor; the username where no name is known."""
        return short_name(self.first_name, self.last_name, self.username)

    @property
    def signature(self) -> str:
        """A. Okafor, nurse in charge: how a person signs what they did."""
        return f"{self.short_name}, {self.profession}" if self.profession else self.short_name


_MEMBERSHIP: Final = (
    *("id", "user_id", "role", "scope", "code", "senior_decision_maker", "starts", "ends"),
    "granted_by_id",
)
_IN_FORCE: Final = "m.starts <= %(day)s AND (m.ends IS NULL OR m.ends > %(day)s)"
_HELD: Final = Statement(
    "memberships_held",
    f"SELECT {', '.join(_MEMBERSHIP)} FROM accounts_membership m "  # noqa: S608 — constants
    f"WHERE user_id = %(user)s AND {_IN_FORCE} ORDER BY id",
    user="bigint",
    day="date",
)
_USER: Final = (
    *("id", "password", "last_login", "is_superuser", "username", "first_name", "last_name"),
    *("email", "is_staff", "is_active", "date_joined", "profession", "registration_number"),
)
_WITH_MEMBERSHIPS: Final = Statement(
    "user_with_memberships",
    f"SELECT {', '.join(f'u.{name}' for name in _USER)}, "  # noqa: S608 — constants
    f"{', '.join(f'm.{name}' for name in _MEMBERSHIP)} FROM accounts_user u "
    f"LEFT JOIN accounts_membership m ON m.user_id = u.id AND {_IN_FORCE} "
    "WHERE u.id = %(user)s ORDER BY m.id",
    user="bigint",
    day="date",
)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def on(self, day: dt.date) -> MembershipQuerySet:
        """Those in force on a London day; `ends` is the first day without it."""
        return self.filter(Q(ends=None) | Q(ends__gt=day), starts__lte=day)

    def in_roles(self, roles: frozenset[Role]) -> MembershipQuerySet:
        return self.filter(role__in=roles)

    def of(self, user: User) -> MembershipQuerySet:
        return self.filter(user=user)


@pghistory.track()
class Membership(models.Model):
    """Codes, not foreign keys: CIS2 hands roles out by ODS code, and accounts knows no ward."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=32, choices=Role.choices)
    scope = models.CharField(max_length=10, choices=Scope.choices)
    code = models.CharField(
        max_length=60, blank=True, help_text="The ward's code, or the ODS code. None for England."
    )
    senior_decision_maker = models.BooleanField(default=False)
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True, help_text="The first day without it.")
    granted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            # Equal dates are allowed: given and taken back on one day, it never counted.
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")),
                name="membership_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(scope=Scope.ENGLAND, code="") | (~Q(scope=Scope.ENGLAND) & ~Q(code="")),
                name="membership_code_unless_england",
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="membership_role_is_known"
            ),
            models.CheckConstraint(
                condition=Q(scope__in=Scope.values), name="membership_scope_is_known"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "scope", "code"],
                condition=Q(ends=None),
                name="one_open_membership",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["scope", "code"], name="membership_by_code")]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.place}"

    @property
    def place(self) -> str:
        return self.code or "England"

    @classmethod
    def read(cls, user: User, day: dt.date) -> list[Membership]:
        """`of(user).on(day)`, oldest first."""
        found = _HELD.rows({"user": user.pk, "day": day})
        return [cls.from_db("default", _MEMBERSHIP, row) for row in found]


def user_with_memberships(pk: int, day: dt.date) -> tuple[User, list[Membership]] | None:
    """Both by one plain statement, since every request asks for them; None for no such user."""
    found = _WITH_MEMBERSHIPS.rows({"user": pk, "day": day})
    if not found:
        return None
    held = [row[len(_USER) :] for row in found if row[len(_USER)] is not None]
    return (
        User.from_db("default", _USER, found[0][: len(_USER)]),
        [Membership.from_db("default", _MEMBERSHIP, row) for row in held],
    )
