"""What changes who may do what: new people, roles given and taken back, each written down."""

from __future__ import annotations

import datetime as dt

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Membership, User
from accounts.policies import forget_memberships, london_day
from accounts.roles import SCOPES_OF, TREATING, Role, Scope


@transaction.atomic
def create_user(
    *,
    username: str,
    by: User | None,
    email: str = "",
    first_name: str = "",
    last_name: str = "",
    profession: str = "",
    registration_number: str = "",
    password: str | None = None,
    at: dt.datetime | None = None,
) -> User:
    """Without a password nobody can sign in as them until they set one by an e-mailed link."""
    user = User(
        username=username,
        email=email,
        first_name=first_name,
        last_name=last_name,
        profession=profession,
        registration_number=registration_number,
        date_joined=at or timezone.now(),
    )
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    _vouch_for_address(user)
    audit.record(by=by, verb="user-created", subject=user, detail={"username": username}, at=at)
    return user


def _vouch_for_address(user: User) -> None:
    """The administrator knows the person, so the address needs no confirmation by its owner."""
    if user.email:
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


@transaction.atomic
def grant_membership(
    *,
    user: User,
    role: str,
    scope: str,
    by: User | None,
    code: str = "",
    senior_decision_maker: bool = False,
    starts: dt.date | None = None,
    ends: dt.date | None = None,
    at: dt.datetime | None = None,
) -> Membership:
    """From today in London, open-ended, unless dates are given; `ends` is the first day without."""
    _check_makes_sense(Role(role), Scope(scope), senior=senior_decision_maker)
    membership = Membership(
        user=user,
        role=role,
        scope=scope,
        code=code,
        senior_decision_maker=senior_decision_maker,
        starts=starts or london_day(at),
        ends=ends,
        granted_by=by,
    )
    _save_once(membership)
    forget_memberships(user)
    audit.record(by=by, verb="membership-granted", subject=user, detail=_told(membership), at=at)
    return membership


def _check_makes_sense(role: Role, scope: Scope, *, senior: bool) -> None:
    if scope not in SCOPES_OF[role]:
        raise ValidationError(f"{role.label} cannot be given for: {scope.label}.")
    if senior and role not in TREATING:
        raise ValidationError("Only somebody who treats patients can be a senior decision-maker.")


def _save_once(membership: Membership) -> None:
    membership.clean_fields()
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError as broken:
        raise ValidationError(_why_not(broken)) from broken


def _why_not(broken: IntegrityError) -> str:
    if "one_open_membership" in str(broken):
        return "This person already has this role here."
    if "membership_code_unless_england" in str(broken):
        return "Say for which ward or organisation."
    return "A role cannot end before it starts."


@transaction.atomic
def end_membership(
    *,
    membership: Membership,
    by: User | None,
    ends: dt.date | None = None,
    at: dt.datetime | None = None,
) -> Membership:
    """From today on, unless a later day is given: `ends` is the first day without it."""
    locked = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    last = max(ends or london_day(at), locked.starts)
    locked.ends = last if locked.ends is None else min(last, locked.ends)
    locked.save(update_fields=["ends"])
    forget_memberships(locked.user)
    audit.record(by=by, verb="membership-ended", subject=locked.user, detail=_told(locked), at=at)
    return locked


def _told(membership: Membership) -> dict[str, object]:
    return {
        "membership": membership.pk,
        "role": membership.role,
        "scope": membership.scope,
        "code": membership.code,
        "senior_decision_maker": membership.senior_decision_maker,
        "starts": membership.starts.isoformat(),
        "ends": membership.ends and membership.ends.isoformat(),
    }


@transaction.atomic
def change_password(*, user: User, password: str, at: dt.datetime | None = None) -> None:
    """By the person, through the sign-in pages; all their other sessions end with it."""
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(by=user, verb="password-set", subject=user, at=at)
