"""The fortnightly return: what is due, a draft beside today's figures, signing and reopening."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.policies import signed_in
from capacity.actions.sitreps import prepare_sitrep, reopen_sitrep, sign_sitrep
from capacity.forms.returns import ReopenForm, SignForm
from capacity.models import SitRep, Ward
from capacity.policies import (
    can_answer_for_returns,
    check_can_answer_for_returns,
    check_can_see_returns,
    returned_icbs,
    returning_providers,
)
from capacity.presenters.signing import VersionPresenter
from capacity.presenters.sitreps import DuePresenter, SitRepPresenter, Sources, rounds
from capacity.refusals import ReturnRefused
from capacity.reports import sitreps
from capacity.reports.leave import leave_rules
from capacity.sitrep import Figures
from lib import london
from lib.downloads import csv_response, xlsx_response


@require_safe
def return_list(request: HttpRequest) -> HttpResponse:
    user, at = _who(request), timezone.now()
    providers = returning_providers(user).order_by("name")
    lines = [
        DuePresenter(one, london.day_of(at), can_answer_for_returns(user, one.provider))
        for one in sitreps.due(providers, at)
    ]
    return render(request, "capacity/return_list.html", {"rounds": rounds(lines)})


@require_POST
def return_prepare(request: HttpRequest, code: str, day: dt.date) -> HttpResponseBase:
    user = _who(request)
    provider = get_object_or_404(returning_providers(user), code=code)
    check_can_answer_for_returns(user, provider)
    try:
        draft = prepare_sitrep(provider=provider, counted_on=day, by=user)
    except ReturnRefused as refused:
        messages.error(request, refused.message)
        return redirect("capacity:return-list")
    messages.success(request, "Prepared. Look through it, then sign it off.")
    return redirect("capacity:return-detail", pk=draft.pk)


@require_safe
def return_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user, sitrep = _visible(request, pk)
    return _page(request, user, sitrep, ReopenForm())


@require_POST
def return_sign(request: HttpRequest, pk: int) -> HttpResponseBase:
    user, sitrep = _answered(request, pk)
    form = SignForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Look at the return first, and then sign.")
        return redirect("capacity:return-detail", pk=pk)
    seen = form.cleaned_data["seen"]
    return _done(request, pk, lambda: sign_sitrep(sitrep=sitrep, seen=seen, by=user), "Signed.")


@require_http_methods(["POST"])
def return_reopen(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The draft that it leads to is another version, of its own address."""
    user, sitrep = _answered(request, pk)
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return _page(request, user, sitrep, form, status=422)
    try:
        draft = reopen_sitrep(sitrep=sitrep, reason=form.cleaned_data["reason"], by=user)
    except ReturnRefused as refused:
        messages.error(request, refused.message)
        return redirect("capacity:return-detail", pk=pk)
    messages.success(request, "Reopened. This is the new version; the signed one stays below.")
    return redirect("capacity:return-detail", pk=draft.pk)


@require_safe
def return_csv(request: HttpRequest, pk: int) -> HttpResponseBase:
    shown = _read(*_visible(request, pk))
    return csv_response(shown.file_name, shown.csv)


@require_safe
def return_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    shown = _read(*_visible(request, pk))
    return xlsx_response(shown.file_name, {"SitRep": shown.csv, "About": shown.about})


def _who(request: HttpRequest) -> User:
    user = signed_in(request)
    check_can_see_returns(user)
    return user


def _visible(request: HttpRequest, pk: int) -> tuple[User, SitRep]:
    user = _who(request)
    related = ("provider", "prepared_by", "signed_by", "reopened_by")
    found = SitRep.objects.filter(provider__in=returning_providers(user))
    return user, get_object_or_404(found.select_related(*related), pk=pk)


def _answered(request: HttpRequest, pk: int) -> tuple[User, SitRep]:
    user, sitrep = _visible(request, pk)
    check_can_answer_for_returns(user, sitrep.provider)
    return user, sitrep


def _done(request: HttpRequest, pk: int, act: Callable[[], object], words: str) -> HttpResponseBase:
    try:
        act()
        messages.success(request, words)
    except ReturnRefused as refused:
        messages.error(request, refused.message)
    return redirect("capacity:return-detail", pk=pk)


def _page(
    request: HttpRequest, user: User, sitrep: SitRep, form: ReopenForm, *, status: int = 200
) -> HttpResponse:
    others = SitRep.objects.filter(provider=sitrep.provider, counted_on=sitrep.counted_on)
    named = others.select_related("prepared_by", "signed_by", "reopened_by").order_by("-version")
    context = {
        "shown": _read(user, sitrep),
        "versions": [
            VersionPresenter(one, reverse("capacity:return-detail", args=[one.pk])) for one in named
        ],
        "may_answer": can_answer_for_returns(user, sitrep.provider),
        "seen": sitrep.prepared_at.isoformat(),
        "form": form,
    }
    return render(request, "capacity/return_detail.html", context, status=status)


def _read(user: User, sitrep: SitRep) -> SitRepPresenter:
    seen = returned_icbs(user, sitrep.provider)
    provider, day = sitrep.provider, sitrep.counted_on
    at, rules = timezone.now(), leave_rules()

    def of_reader(figures: Figures) -> Figures:
        return figures if seen is None else figures.of_icbs(seen)

    returned = Figures.read(sitrep.figures)
    frozen = sitreps.frozen(provider, day)
    sources = Sources(
        returned=of_reader(returned),
        frozen=None if frozen is None else of_reader(frozen),
        recounted=of_reader(sitreps.counted(provider, day)),
        now=of_reader(sitreps.counted_now(provider, at)),
    )
    missing = sitreps.missing(provider, returned, day, icbs=seen)
    wards, icbs = sitreps.names([returned, sources.recounted], missing)
    visible = Ward.objects.visible_to(user).filter(code__in=wards)
    return SitRepPresenter(
        sitrep=sitrep,
        sources=sources,
        missing=missing,
        wards=wards,
        icbs=icbs,
        linked=frozenset(visible.values_list("code", flat=True)),
        partial=seen is not None,
        leave=rules.on(day),
        leave_now=rules.on(london.day_of(at)),
    )
