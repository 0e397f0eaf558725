"""Readings that no ward can see, for administrators of the organisations that a gateway serves."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.models import User
from accounts.policies import check_can_administer, signed_in
from lib import london
from observations.actions.tray import TrayRefusedError, place
from observations.forms.tray import PlaceForm
from observations.models import Gateway, UnclaimedReading
from observations.presenters.strays import StraysPresenter
from observations.strays import Strays, places_for, strays_of


@require_safe
def stray_list(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    check_can_administer(user)
    audit.look(request, page="strays", subject=user)
    return _page(request, user)


@require_POST
def stray_place(request: HttpRequest, pk: int) -> HttpResponseBase:
    user, at = signed_in(request), timezone.now()
    check_can_administer(user)
    gateway = get_object_or_404(_gateways(user, at), pk=pk)
    form = PlaceForm(request.POST, wards=places_for(gateway, user, london.day_of(at)))
    if not form.is_valid():
        return _page(request, user, form, status=422)
    given = form.cleaned_data
    shown = UnclaimedReading.objects.strays().filter(pk__in=given["rows"], gateway_id=gateway.pk)
    try:
        many = place(
            readings=shown, gateway=gateway, ward=given["ward"], reason=given["reason"], by=user
        )
    except TrayRefusedError as refused:
        form.add_error(None, refused.message)
        return _page(request, user, form, status=422)
    words = "It is" if many == 1 else f"All {many} are"
    messages.success(request, f"{words} in the tray of {given['ward'].name} now.")
    return redirect("observations:stray-list")


def _page(
    request: HttpRequest, user: User, form: PlaceForm | None = None, *, status: int = 200
) -> HttpResponse:
    at = timezone.now()
    piles = strays_of(_gateways(user, at))
    told = {"piles": [_card(pile, user, form, at) for pile in piles], "form": form}
    return render(request, "observations/stray_list.html", told, status=status)


def _card(pile: Strays, user: User, sent: PlaceForm | None, at: dt.datetime) -> StraysPresenter:
    """With what was typed, where it was typed."""
    rows = ",".join(str(row.pk) for row in pile.readings)
    typed = sent is not None and sent.data.get("rows") == rows
    wards = places_for(pile.gateway, user, london.day_of(at))
    form = sent if typed and sent is not None else PlaceForm(wards=wards)
    return StraysPresenter(pile, form, at=at)


def _gateways(user: User, at: dt.datetime) -> QuerySet[Gateway]:
    administered = Gateway.objects.administered_by(user, on=london.day_of(at))
    return administered.select_related("supplier")
