"""An ICB's frozen Thursdays, and what may leave for a wider public of one of them."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.policies import signed_in
from capacity.models import Thursday
from capacity.presenters.thursdays import MorningPresenter, PublicationPresenter
from capacity.reports.thursdays import mornings, publication
from capacity.views.icbs import visible_icb
from lib.downloads import csv_response, xlsx_response


@require_safe
def thursday_list(request: HttpRequest, code: str) -> HttpResponse:
    icb = visible_icb(signed_in(request), code)
    shown = [MorningPresenter(one) for one in mornings(icb)]
    return render(request, "capacity/thursday_list.html", {"icb": icb, "mornings": shown})


@require_safe
def thursday_detail(request: HttpRequest, code: str, day: dt.date) -> HttpResponse:
    shown = _publication(request, code, day)
    return render(request, "capacity/thursday_detail.html", {"shown": shown, "icb": shown.icb})


@require_safe
def publication_csv(request: HttpRequest, code: str, day: dt.date) -> HttpResponseBase:
    shown = _publication(request, code, day)
    return csv_response(shown.file_name, shown.csv)


@require_safe
def publication_xlsx(request: HttpRequest, code: str, day: dt.date) -> HttpResponse:
    shown = _publication(request, code, day)
    return xlsx_response(shown.file_name, {"For publication": shown.csv})


def _publication(request: HttpRequest, code: str, day: dt.date) -> PublicationPresenter:
    icb = visible_icb(signed_in(request), code)
    thursday = get_object_or_404(Thursday, day=day)
    return PublicationPresenter(icb, publication(icb, thursday))
