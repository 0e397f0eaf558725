"""Patients across a border of one ICB: whose they are, and where they are looked after."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import signed_in
from capacity.presenters.border import BorderPresenter, Earlier
from capacity.reports.border import borders
from capacity.views.answers import csv_file
from capacity.views.icbs import visible_icb
from lib import london


@require_safe
def icb_border(request: HttpRequest, code: str) -> HttpResponse:
    return render(request, "capacity/icb_border.html", {"shown": _read(request, code)})


@require_safe
def icb_border_table(request: HttpRequest, code: str) -> HttpResponse:
    shown = _read(request, code)
    name = f"{code}-across-borders-{shown.border.at:%Y-%m-%d-%H%M}-and-{shown.earlier.day}"
    return csv_file(name, shown.csv)


def _read(request: HttpRequest, code: str) -> BorderPresenter:
    icb, at = visible_icb(signed_in(request), code), timezone.now()
    earlier = Earlier.read(request.GET.dict(), london.last_counted(at))
    return BorderPresenter(*borders(icb, at, earlier.at), earlier)
