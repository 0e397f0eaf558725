"""The minimum data set: days due, a day's draft and how full it is, signing, and its files."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.models import User
from capacity.forms.returns import ReopenForm, SignForm
from capacity.models import Provider
from capacity.presenters.signing import VersionPresenter
from capacity.refusals import ReturnRefused
from lib import london
from lib.downloads import csv_response, xlsx_response
from patients.actions.minimum import (
    note_export,
    prepare_data_set,
    reopen_data_set,
    sign_data_set,
)
from patients.models import MinimumDataSet
from patients.policies import check_can_export_data_sets, exporting_providers
from patients.presenters.datasets import DataSetPresenter, DayPresenter, file_lines
from patients.snapshots import completeness, on_the_ward
from patients.views.asking import who

SHOWN_DAYS = 14


@require_safe
def dataset_list(request: HttpRequest) -> HttpResponse:
    user, at = _who(request), timezone.now()
    last = london.last_counted(at)
    days = [last - dt.timedelta(days=n) for n in range(SHOWN_DAYS)]
    providers = list(exporting_providers(user).order_by("name"))
    shown = [(provider, _days(provider, days)) for provider in providers]
    return render(request, "patients/dataset_list.html", {"shown": shown})


@require_POST
def dataset_prepare(request: HttpRequest, code: str, day: dt.date) -> HttpResponseBase:
    user = _who(request)
    provider = get_object_or_404(exporting_providers(user), code=code)
    try:
        draft = prepare_data_set(provider=provider, day=day, by=user)
    except ReturnRefused as refused:
        messages.error(request, refused.message)
        return redirect("patients:dataset-list")
    messages.success(request, "Prepared. Look at what is filled, then sign it off.")
    return redirect("patients:dataset-detail", pk=draft.pk)


@require_safe
def dataset_detail(request: HttpRequest, pk: int) -> HttpResponse:
    _, data_set = _visible(request, pk)
    audit.look(request, page="data-set", subject=data_set)
    return _page(request, data_set, ReopenForm())


@require_POST
def dataset_sign(request: HttpRequest, pk: int) -> HttpResponseBase:
    user, data_set = _visible(request, pk)
    form = SignForm(request.POST)
    try:
        if not form.is_valid():
            raise ReturnRefused("Look at it first, and then sign.")
        sign_data_set(data_set=data_set, seen=form.cleaned_data["seen"], by=user)
        messages.success(request, "Signed.")
    except ReturnRefused as refused:
        messages.error(request, refused.message)
    return redirect("patients:dataset-detail", pk=pk)


@require_POST
def dataset_reopen(request: HttpRequest, pk: int) -> HttpResponseBase:
    user, data_set = _visible(request, pk)
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return _page(request, data_set, form)
    try:
        draft = reopen_data_set(data_set=data_set, reason=form.cleaned_data["reason"], by=user)
    except ReturnRefused as refused:
        messages.error(request, refused.message)
        return redirect("patients:dataset-detail", pk=pk)
    messages.success(request, "Reopened. This is the new version; the signed one stays below.")
    return redirect("patients:dataset-detail", pk=draft.pk)


@require_safe
def dataset_csv(request: HttpRequest, pk: int) -> HttpResponseBase:
    user, data_set = _visible(request, pk)
    note_export(data_set=data_set, kind="csv", by=user)
    return csv_response(_shown(data_set).file_name, file_lines(data_set))


@require_safe
def dataset_xlsx(request: HttpRequest, pk: int) -> HttpResponseBase:
    user, data_set = _visible(request, pk)
    note_export(data_set=data_set, kind="xlsx", by=user)
    return xlsx_response(_shown(data_set).file_name, {"Lines": file_lines(data_set)})


def _who(request: HttpRequest) -> User:
    user = who(request)
    check_can_export_data_sets(user)
    return user


def _visible(request: HttpRequest, pk: int) -> tuple[User, MinimumDataSet]:
    user = _who(request)
    related = ("provider", "prepared_by", "signed_by", "reopened_by")
    found = MinimumDataSet.objects.filter(provider__in=exporting_providers(user))
    return user, get_object_or_404(found.select_related(*related), pk=pk)


def _days(provider: Provider, days: list[dt.date]) -> list[DayPresenter]:
    made = MinimumDataSet.objects.filter(provider=provider, day__in=days).order_by("version")
    related = ("prepared_by", "signed_by", "reopened_by")
    latest = {one.day: one for one in made.select_related(*related)}
    return [DayPresenter(provider, day, latest.get(day)) for day in days]


def _shown(data_set: MinimumDataSet) -> DataSetPresenter:
    return DataSetPresenter(data_set, completeness(data_set), on_the_ward(data_set))


def _page(request: HttpRequest, data_set: MinimumDataSet, form: ReopenForm) -> HttpResponse:
    others = MinimumDataSet.objects.filter(provider=data_set.provider, day=data_set.day)
    named = others.select_related("prepared_by", "signed_by", "reopened_by").order_by("-version")
    context = {
        "shown": _shown(data_set),
        "versions": [
            VersionPresenter(one, reverse("patients:dataset-detail", args=[one.pk]))
            for one in named
        ],
        "may_answer": True,
        "seen": data_set.prepared_at.isoformat(),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "patients/dataset_detail.html", context, status=status)
