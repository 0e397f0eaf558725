"""A person's own page: their roles, where they are signed in, their second factor."""

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.policies import memberships_now, signed_in


@require_safe
def profile_show(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    told = {
        "person": user,
        "memberships": memberships_now(user),
        "second_factor": is_mfa_enabled(user),
    }
    return render(request, "accounts/profile_show.html", told)


@require_safe
def own_email(_request: HttpRequest) -> HttpResponseBase:
    """Stands before allauth's page for adding addresses."""
    return redirect("accounts:profile-show")
