"""Before and after a date: is a statement about length of stay true?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capacity.presenters.flows.change import ChangeChoice, ChangePresenter
from capacity.reports import stayed
from capacity.views.answers import csv_file
from capacity.views.flows.asking import Asked
from lib import london


@require_safe
def change_detail(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    asked = Asked.of(request, kind, code)
    shown = _shown(request, asked)
    context = asked.context("change-detail", shown=shown, choice=shown.choice)
    return render(request, "capacity/change_detail.html", context)


@require_safe
def change_table(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    shown = _shown(request, Asked.of(request, kind, code))
    return csv_file(f"{code}-before-and-after-{shown.choice.on}", shown.csv)


def _shown(request: HttpRequest, asked: Asked) -> ChangePresenter:
    choice = ChangeChoice.read(request.GET.dict(), asked.counted_on)
    since, change, until = choice.times
    stays = stayed.around(asked.place, since, change, until, now=asked.at)
    followed = (london.day_of(asked.at) - choice.on).days
    return ChangePresenter(asked.place, choice, stays, followed)
