"""Patients across a border of one ICB: whose they are, and where they are looked after."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import signed_in
from capacity.presenters.border import BorderPresenter
from capacity.reports.border import border
from capacity.views.answers import csv_file
from capacity.views.icbs import visible_icb


@require_safe
def icb_border(request: HttpRequest, code: str) -> HttpResponse:
    return render(request, "capacity/icb_border.html", {"shown": _read(request, code)})


@require_safe
def icb_border_table(request: HttpRequest, code: str) -> HttpResponse:
    shown = _read(request, code)
    return csv_file(f"{code}-across-borders-{shown.border.at:%Y-%m-%d-%H%M}", shown.csv)


def _read(request: HttpRequest, code: str) -> BorderPresenter:
    icb = visible_icb(signed_in(request), code)
    return BorderPresenter(border(icb, timezone.now()))
