"""The figures of one organisation, of its wards that the reader may see."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import signed_in
from capacity.models import Provider, Ward
from capacity.policies import can_see_returns, check_can_see_figures
from capacity.presenters.days import Days, DaysPresenter
from capacity.presenters.provider import ProviderPresenter
from capacity.reports import history, now
from capacity.reports.leave import leave_rule
from capacity.reports.staffed import told_of
from capacity.views.answers import csv_file
from lib import london


@require_safe
def provider_detail(request: HttpRequest, code: str) -> HttpResponse:
    context = {"shown": _read(request, code), "sees_returns": can_see_returns(request.user)}
    return render(request, "capacity/provider_detail.html", context)


@require_safe
def provider_table(request: HttpRequest, code: str) -> HttpResponse:
    shown = _read(request, code)
    return csv_file(shown.file_name(london.day_of(shown.now.at)), shown.csv)


def _read(request: HttpRequest, code: str) -> ProviderPresenter:
    user = signed_in(request)
    check_can_see_figures(user)
    provider = get_object_or_404(Provider.objects.visible_to(user), code=code)
    at = timezone.now()
    days = Days.read(request.GET.dict(), london.last_counted(at))
    wards = {ward.pk: ward for ward in Ward.objects.visible_to(user).select_related("icb")}
    return ProviderPresenter(
        provider=provider,
        now=now.provider_now(provider, wards.keys(), at),
        wards=wards,
        over_time=DaysPresenter(
            days, history.provider_mornings(provider, wards.keys(), days.since, days.last)
        ),
        leave=leave_rule(at),
        staffed=told_of(wards.keys(), at, london.day_of(at)),
    )
