"""Administrators' pages: the people of their organisations, inviting, giving and ending roles."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, invitations
from accounts.forms import InvitationForm, RoleForm
from accounts.models import Membership, User
from accounts.policies import (
    check_can_administer,
    check_can_end,
    london_day,
    memberships_administered_by,
    people_administered_by,
    signed_in,
)


@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    check_can_administer(request.user)
    found = memberships_administered_by(request.user).on(london_day()).select_related("user")
    told = {"memberships": found.order_by("user__last_name", "user__first_name", "user", "pk")}
    return render(request, "accounts/people_list.html", told)


@require_http_methods(["GET", "HEAD", "POST"])
def person_invite(request: HttpRequest) -> HttpResponseBase:
    by = signed_in(request)
    check_can_administer(by)
    form = InvitationForm(request.POST or None, by=by)
    if form.is_valid():
        try:
            user = _invite(request, form, by)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, f"{user.short_name} can now work here.")
            return redirect("accounts:person-show", pk=user.pk)
    return render(request, "accounts/person_invite.html", {"form": form})


@transaction.atomic
def _invite(request: HttpRequest, form: InvitationForm, by: User) -> User:
    site = f"{request.scheme}://{request.get_host()}"
    user = invitations.invite_person(by=by, site=site, **form.person_as_arguments())
    actions.grant_membership(user=user, by=by, **form.role_as_arguments())
    return user


@require_safe
def person_show(request: HttpRequest, pk: int) -> HttpResponse:
    check_can_administer(request.user)
    user = get_object_or_404(people_administered_by(request.user), pk=pk)
    return _person_page(request, user, RoleForm(by=request.user, to=user))


@require_POST
def membership_grant(request: HttpRequest, pk: int) -> HttpResponseBase:
    by = signed_in(request)
    check_can_administer(by)
    user = get_object_or_404(people_administered_by(by), pk=pk)
    form = RoleForm(request.POST, by=by, to=user)
    if form.is_valid():
        try:
            actions.grant_membership(user=user, by=by, **form.role_as_arguments())
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, f"{user.short_name} has the role from today.")
            return redirect("accounts:person-show", pk=user.pk)
    return _person_page(request, user, form)


def _person_page(request: HttpRequest, user: User, form: RoleForm) -> HttpResponse:
    held = memberships_administered_by(request.user).of(user).order_by("-starts", "-pk")
    told = {"person": user, "memberships": held, "form": form, "today": london_day()}
    return render(request, "accounts/person_show.html", told)


@require_POST
def membership_end(request: HttpRequest, pk: int) -> HttpResponseBase:
    """From today on: whoever has left must see nothing more."""
    by = signed_in(request)
    check_can_administer(by)
    membership = get_object_or_404(memberships_administered_by(by), pk=pk)
    check_can_end(by, membership)
    ended: Membership = actions.end_membership(membership=membership, by=by)
    messages.success(request, f"{ended} has ended for {ended.user.short_name}.")
    return redirect("accounts:person-show", pk=ended.user_id)


@require_POST
def invitation_send(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Again, for somebody who has not set a password yet."""
    by = signed_in(request)
    check_can_administer(by)
    user = get_object_or_404(people_administered_by(by), pk=pk)
    if user.has_usable_password() or not user.email:
        messages.error(request, f"{user.short_name} has signed in before and needs no invitation.")
    else:
        site = f"{request.scheme}://{request.get_host()}"
        invitations.send_invitation(user=user, by=by, site=site)
        messages.success(request, f"A new link is on its way to {user.email}.")
    return redirect("accounts:person-show", pk=user.pk)
