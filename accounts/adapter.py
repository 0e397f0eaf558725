"""How allauth signs people in here: sign-up closed, every sign-in and sign-out written down."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse

from accounts import audit
from accounts.actions import change_password
from accounts.models import User

# The board says who is signed in; a line about it would push the first patient down.
_SAID_BY_THE_PAGE_ITSELF = {"account/messages/logged_in.txt"}


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 — allauth's signature
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        if isinstance(user, User):
            audit.record(by=user, verb="signed-in", subject=user)

    def logout(self, request: HttpRequest) -> None:
        leaving = request.user
        super().logout(request)
        if isinstance(leaving, User):
            audit.record(by=leaving, verb="signed-out", subject=leaving)

    def set_password(self, user: User, password: str) -> None:
        change_password(user=user, password=password)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Setting up the first second factor right after signing in asks for nothing twice."""
        first = isinstance(self.request.user, User) and not is_mfa_enabled(self.request.user)
        if first and self._signed_in_just_now():
            return False
        required: bool = super().is_reauthentication_required(app=app, **kwargs)
        return required

    def _signed_in_just_now(self) -> bool:
        records = get_authentication_records(self.request, self.request.user)
        latest = max((record["at"] for record in records), default=0)
        return bool(time.time() - latest < app_settings.REAUTHENTICATION_TIMEOUT)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 — as above
        return reverse("accounts:profile-show")

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if message_template not in _SAID_BY_THE_PAGE_ITSELF:
            super().add_message(request, level, message_template, *args, **kwargs)
