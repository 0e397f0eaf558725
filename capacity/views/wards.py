"""The figures of one ward, and the stays that they count for those who may see them."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.models import User
from accounts.policies import signed_in
from capacity.models import Ward
from capacity.policies import can_see_returns, can_see_stays, check_can_see_figures
from capacity.presenters.days import Days, DaysPresenter
from capacity.presenters.sheets import in_one
from capacity.presenters.wards import WardPresenter
from capacity.reports import flows, history, now
from capacity.reports.leave import leave_rule
from capacity.reports.staffed import told_of
from capacity.reports.stays import stays_of
from capacity.views.answers import csv_file
from lib import london


@require_safe
def ward_detail(request: HttpRequest, code: str) -> HttpResponse:
    user = signed_in(request)
    ward = visible_ward(user, code)
    at = timezone.now()
    shown = _read(request, ward, at)
    stays = None
    if can_see_stays(user, ward):
        audit.look(request, page="capacity:ward-detail", subject=ward)
        stays = shown.stay_rows(stays_of(ward, at))
    context = {
        "shown": shown,
        "ward": ward,
        "stays": stays,
        "sees_returns": can_see_returns(user),
    }
    return render(request, "capacity/ward_detail.html", context)


@require_safe
def ward_days(request: HttpRequest, code: str) -> HttpResponse:
    shown = _read(request, visible_ward(signed_in(request), code), timezone.now())
    return csv_file(f"{code}-by-day-{shown.at:%Y-%m-%d}", shown.over_time.csv)


@require_safe
def ward_page(request: HttpRequest, code: str) -> HttpResponse:
    shown = _read(request, visible_ward(signed_in(request), code), timezone.now())
    return csv_file(f"{code}-{shown.at:%Y-%m-%d-%H%M}", in_one(shown.sheets))


def visible_ward(user: User, code: str) -> Ward:
    check_can_see_figures(user)
    wards = Ward.objects.visible_to(user).select_related("lead_provider", "icb")
    return get_object_or_404(wards, code=code)


def _read(request: HttpRequest, ward: Ward, at: dt.datetime) -> WardPresenter:
    counted_on = london.last_counted(at)
    days = Days.read(request.GET.dict(), counted_on)
    return WardPresenter(
        ward=ward,
        now=now.ward_now(ward, at),
        over_time=DaysPresenter(days, history.ward_mornings(ward, days.since, days.last)),
        stays=flows.ward_stays(ward, counted_on),
        counted_on=counted_on,
        leave=leave_rule(at),
        staffed=told_of([ward.pk], at, london.day_of(at)).get(ward.pk),
    )
