"""Invites a colleague: an account without a password, and a link by e-mail to set one."""

from __future__ import annotations

import datetime as dt

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from accounts import audit
from accounts.actions import create_user
from accounts.models import User


@transaction.atomic
def invite_person(
    *,
    email: str,
    by: User,
    site: str,
    first_name: str = "",
    last_name: str = "",
    profession: str = "",
    registration_number: str = "",
    at: dt.datetime | None = None,
) -> User:
    """The person of this address, made when there is none yet; `site` is https://host."""
    known = User.objects.filter(email__iexact=email).first()
    if known:
        return known
    user = create_user(
        username=email.lower(),
        email=email.lower(),
        by=by,
        first_name=first_name,
        last_name=last_name,
        profession=profession,
        registration_number=registration_number,
        at=at,
    )
    send_invitation(user=user, by=by, site=site, at=at)
    return user


@transaction.atomic
def send_invitation(*, user: User, by: User, site: str, at: dt.datetime | None = None) -> None:
    """Only once the account is committed: a link to an account that was rolled back leads nowhere.

    The link ends with its first use and after PASSWORD_RESET_TIMEOUT, whichever is first.
    """
    audit.record(by=by, verb="invitation-sent", subject=user, at=at)
    transaction.on_commit(lambda: _send(user, by, site))


def _send(user: User, by: User, site: str) -> None:
    told = {
        "user": user,
        "by": by,
        "service_name": settings.SERVICE_NAME,
        "link": site + set_password_path(user),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
    }
    send_mail(
        subject=f"Your account for {settings.SERVICE_NAME}",
        message=render_to_string("accounts/person_invitation.txt", told),
        from_email=None,
        recipient_list=[user.email],
    )


def set_password_path(user: User) -> str:
    key = default_token_generator.make_token(user)
    return reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": key},
    )
