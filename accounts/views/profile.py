"""A person's own page: their roles, where they are signed in, their second factor."""

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.policies import memberships_now, signed_in


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    told = {
        "person": user,
        "memberships": memberships_now(user),
        "second_factor": is_mfa_enabled(user),
    }
    return render(request, "accounts/profile.html", told)
