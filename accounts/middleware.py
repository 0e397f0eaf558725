"""What holds for every request: who it is, that they signed in, and that nothing is kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import pghistory
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import (
    AuthenticationMiddleware as DjangoAuthenticationMiddleware,
)
from django.contrib.auth.middleware import LoginRequiredMiddleware, get_user
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.cache import patch_vary_headers
from structlog.contextvars import bind_contextvars

from accounts import audit
from accounts.models import User
from accounts.policies import signed_in

GetResponse = Callable[[HttpRequest], HttpResponseBase]
View = Callable[..., HttpResponseBase]

# They answer strangers themselves: devices by key, probes with nothing personal.
OPEN_PREFIXES = ("/api/", "/fhir/", "/livez", "/readyz", "/metrics", "/static/")
# Where somebody without a second factor may go: to set one up, or away.
SECOND_FACTOR_PREFIXES = ("/accounts/2fa/", "/accounts/logout/", "/accounts/reauthenticate/")
WARD_KEY = "ward"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class AuthenticationMiddleware(DjangoAuthenticationMiddleware):
    """The person themselves and not a stand-in that finds them when asked: each request's log
    line asks, and a stand-in costs every later question, 600 of them on a board."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = get_user(request)


class RequestContextMiddleware:
    """Names person, place and address for the history triggers and the audit."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        address = get_client_ip(request)
        token = audit.from_address.set(address)
        bind_contextvars(ip=address)
        try:
            return self._answer(request)
        finally:
            audit.from_address.reset(token)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        # Uploads from devices write no tracked table, and the hot path pays for every statement.
        if request.method in SAFE_METHODS or request.path.startswith(OPEN_PREFIXES):
            return self.get_response(request)
        with pghistory.context(user=request.user.pk, url=request.path):
            return self.get_response(request)


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every page is behind the sign-in form unless its view or prefix says otherwise."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: View,
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if request.path.startswith(OPEN_PREFIXES):
            return None
        refused = super().process_view(request, view_func, view_args, view_kwargs)
        if refused and _is_fragment(request):
            return _whole_page(request, _sign_in_and_back(request))
        return refused


class SecondFactorMiddleware:
    """Nobody sees a patient with a password alone, unless settings say so."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if self._missing(request):
            return _whole_page(request, "/accounts/2fa/totp/activate/")
        return self.get_response(request)

    def _missing(self, request: HttpRequest) -> bool:
        return (
            settings.MFA_REQUIRED
            and not request.path.startswith(SECOND_FACTOR_PREFIXES + OPEN_PREFIXES)
            and isinstance(request.user, User)
            and not is_mfa_enabled(request.user)
        )


class IdleSessionMiddleware:
    """A screen left alone signs itself out; its polls do not count as somebody being there."""

    KEY = "last_used"
    WRITE_EVERY_SECONDS = 60

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self._check(request)
        return self.get_response(request)

    def _check(self, request: HttpRequest) -> None:
        now = time.time()
        idle = now - request.session.get(self.KEY, now)
        if idle > settings.SESSION_IDLE_SECONDS:
            self._end(request)
        elif not audit.is_poll(request):
            self._touch(request, now)

    def _end(self, request: HttpRequest) -> None:
        user = signed_in(request)
        logout(request)
        audit.record(by=user, verb="signed-out", subject=user, detail={"why": "left alone"})

    def _touch(self, request: HttpRequest, now: float) -> None:
        """At most once a minute: a session row written by every click would be a hot one."""
        if now - request.session.get(self.KEY, 0) > self.WRITE_EVERY_SECONDS:
            request.session[self.KEY] = now


class PrivatePagesMiddleware:
    """Pages of a signed-in person are kept by no cache, unless the view says how itself."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if getattr(request, "user", None) and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store, private")
            # One address answers with a page or with its fragment.
            patch_vary_headers(response, ["Cookie", "HX-Request"])
        return response


class CurrentWardMiddleware:
    """Remembers the ward last looked at, so that the top bar leads back to it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 200 and request.path.startswith("/wards/"):
            self._remember(request)
        return response

    def _remember(self, request: HttpRequest) -> None:
        match = request.resolver_match
        code = match.kwargs.get("code", "") if match else ""
        if code and request.session.get(WARD_KEY) != code:
            request.session[WARD_KEY] = code


def _is_fragment(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _sign_in_and_back(request: HttpRequest) -> str:
    """Back to the page in the address bar, not to the fragment that it asked for."""
    page = urlsplit(request.headers.get("HX-Current-URL", "/")).path
    return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': page})}"


def _whole_page(request: HttpRequest, address: str) -> HttpResponseBase:
    """Elsewhere; a fragment must not get the sign-in form swapped into the middle of a board."""
    if _is_fragment(request):
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return redirect(address)
