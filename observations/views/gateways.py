"""Gateways and their keys, for administrators of the organisations that a gateway serves."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.contrib import messages
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.models import User
from accounts.policies import check_can_administer, signed_in
from lib import london
from observations import strays, worn
from observations.actions.gateways import watch_gateway
from observations.actions.keys import (
    BOTH_HOLD_FOR,
    KeyRefusedError,
    issue_key,
    revoke_key,
    rotate_key,
)
from observations.forms.gateways import WatchForm
from observations.models import DeviceKey, Gateway, GatewayProvider, Inbox
from observations.presenters.gateways import (
    GatewayPresenter,
    RevokingPresenter,
    ShownKey,
    in_order,
    prefix_of,
)
from patients.presenters.words import address
from patients.views.acting import form_page


@require_safe
def gateway_list(request: HttpRequest) -> HttpResponse:
    user, at = signed_in(request), timezone.now()
    check_can_administer(user)
    audit.look(request, page="gateways", subject=user)
    gateways = list(_with_keys(_gateways(user, at), at))
    parked = _parked([gateway.pk for gateway in gateways])
    told = [
        GatewayPresenter(one, at=at, parked=parked.get(one.pk, 0), patients=_patients(one))
        for one in gateways
    ]
    page = {"gateways": in_order(told), "strays": strays.count_of(gateways)}
    return render(request, "observations/gateway_list.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
def gateway_watch(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = signed_in(request)
    check_can_administer(user)
    gateway = get_object_or_404(_gateways(user, timezone.now()), pk=pk)
    form = WatchForm(request.POST or None, initial={"quiet_minutes": gateway.quiet_minutes})
    if form.is_valid():
        watch_gateway(gateway=gateway, **form.cleaned_data, by=user)
        messages.success(request, f"{gateway}: written down.")
        return redirect("observations:gateway-list")
    return form_page(
        request,
        "observations/kit_form.html",
        form,
        title=f"When is {gateway} down?",
        submit=f"Write it down for {gateway}",
        back_url=address("observations:gateway-list"),
    )


@require_POST
@never_cache
def key_issue(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    check_can_administer(user)
    gateway = get_object_or_404(_gateways(user, timezone.now()), pk=pk)
    secret = issue_key(gateway=gateway, by=user)
    return _shown(request, gateway, secret, "Earlier keys of this gateway stay valid.")


@require_POST
@never_cache
def key_rotate(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = signed_in(request)
    key = _key(user, pk)
    try:
        secret = rotate_key(key=key, by=user)
    except KeyRefusedError as refused:
        messages.error(request, refused.message)
        return redirect("observations:gateway-list")
    old = prefix_of(key)
    note = f"The old key, {old}, stays valid for {BOTH_HOLD_FOR.days} more days at most."
    return _shown(request, key.gateway, secret, note)


@require_http_methods(["GET", "HEAD", "POST"])
def key_revoke(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Asked for by name on a page of its own: a slip would cut off every patient behind it."""
    user = signed_in(request)
    key = _key(user, pk)
    if request.method == "POST":
        revoke_key(key=key, by=user)
        messages.success(request, f"{prefix_of(key)} is revoked: nothing comes in with it now.")
        return redirect("observations:gateway-list")
    others = DeviceKey.objects.valid(timezone.now()).filter(gateway=key.gateway).exclude(pk=key.pk)
    told = {
        "form": forms.Form(),
        "told": RevokingPresenter(key, list(others), patients=_patients(key.gateway)),
        "back_url": address("observations:gateway-list"),
    }
    return render(request, "observations/key_revoke.html", told)


def _shown(request: HttpRequest, gateway: Gateway, secret: str, note: str) -> HttpResponse:
    told = {"shown": ShownKey(gateway, secret, note)}
    return render(request, "observations/key_shown.html", told)


def _gateways(user: User, at: dt.datetime) -> QuerySet[Gateway]:
    administered = Gateway.objects.administered_by(user, on=london.day_of(at))
    return administered.select_related("supplier").order_by("supplier__name", "name")


def _with_keys(gateways: QuerySet[Gateway], at: dt.datetime) -> QuerySet[Gateway]:
    keys = DeviceKey.objects.select_related("issued_by").order_by("-issued_at")
    serves = GatewayProvider.objects.on(london.day_of(at)).select_related("provider")
    return gateways.prefetch_related(Prefetch("keys", keys), Prefetch("allowed", serves))


def _patients(gateway: Gateway) -> int:
    return sum(map(len, worn.served(gateway.pk).values()))


def _parked(gateways: list[int]) -> dict[int, int]:
    waiting = Inbox.objects.filter(parked_at__isnull=False, gateway_id__in=gateways)
    return dict(waiting.values_list("gateway_id").annotate(many=Count("pk")).order_by())


def _key(user: User, pk: int) -> DeviceKey:
    check_can_administer(user)
    administered = _gateways(user, timezone.now())
    keys = DeviceKey.objects.filter(gateway__in=administered, revoked_at__isnull=True)
    return get_object_or_404(keys.select_related("gateway__supplier"), pk=pk)
