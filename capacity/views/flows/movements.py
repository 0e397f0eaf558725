"""Flows in a time, how long stays last, and the files of both."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capacity.models import IntegratedCareBoard
from capacity.presenters.flows.flows import FlowsPresenter
from capacity.presenters.flows.lengths import LengthsPresenter
from capacity.presenters.spans import Span
from capacity.reports import movements, stayed
from capacity.reports.by_age import ByAge, by_age
from capacity.views.answers import csv_file
from capacity.views.flows.asking import Asked
from lib import london

TREATED_WITHIN = dt.timedelta(days=365)


@require_safe
def flow_list(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    asked = Asked.of(request, kind, code)
    shown = _flows(request, asked)
    context = asked.context("flow-list", shown=shown, span=shown.span)
    return render(request, "capacity/flow_list.html", context)


@require_safe
def flow_table(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    shown = _flows(request, Asked.of(request, kind, code))
    return csv_file(f"{code}-flows-{shown.span.first}-{shown.span.last}", shown.csv)


@require_safe
def length_list(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    asked = Asked.of(request, kind, code)
    shown = _lengths(request, asked)
    context = asked.context("length-list", shown=shown, span=shown.span)
    return render(request, "capacity/length_list.html", context)


@require_safe
def length_table(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    shown = _lengths(request, Asked.of(request, kind, code))
    return csv_file(f"{code}-stays-{shown.span.first}-{shown.span.last}", shown.csv)


def _flows(request: HttpRequest, asked: Asked) -> FlowsPresenter:
    span = Span.read(request.GET.dict(), asked.counted_on)
    times = [span.time, span.compared_time]
    now, then = movements.tallies(asked.place, times, now=asked.at)
    return FlowsPresenter(
        place=asked.place,
        span=span,
        now=now,
        then=then,
        treated=(_treated(asked, span.last), _treated(asked, span.compared[1])),
        population=_population(asked),
        exact=asked.exact,
    )


def _treated(asked: Asked, day: dt.date) -> int:
    until = london.count_instant(day)
    return movements.treated(asked.place, until - TREATED_WITHIN, until)


def _population(asked: Asked) -> ByAge | None:
    return by_age(asked.found) if isinstance(asked.found, IntegratedCareBoard) else None


def _lengths(request: HttpRequest, asked: Asked) -> LengthsPresenter:
    span = Span.read(request.GET.dict(), asked.counted_on)
    now, then = (
        stayed.stays(asked.place, *time, now=asked.at) for time in (span.time, span.compared_time)
    )
    return LengthsPresenter(asked.place, span, now, then)
