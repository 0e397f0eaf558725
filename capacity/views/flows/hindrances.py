"""Which pathway holds a place back, on what that rests, and since when."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capacity.holding_back import Held, ranked
from capacity.models import StatedChange
from capacity.presenters.flows.control import Charted
from capacity.presenters.flows.control_choice import USUAL
from capacity.presenters.flows.hindrances import MEASURE_OF, HindrancesPresenter
from capacity.presenters.spans import Span
from capacity.reports.holding_back import held_back
from capacity.reports.series import Series, series, weeks
from capacity.views.answers import csv_file
from capacity.views.flows.asking import Asked

QUARTER: Final = dt.timedelta(weeks=13)


@require_safe
def hindrance_list(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    asked = Asked.of(request, kind, code)
    shown = hindrances(asked, Span.read(request.GET.dict(), asked.counted_on, QUARTER))
    context = asked.context("hindrance-list", shown=shown, span=shown.span)
    return render(request, "capacity/hindrance_list.html", context)


@require_safe
def hindrance_table(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    asked = Asked.of(request, kind, code)
    shown = hindrances(asked, Span.read(request.GET.dict(), asked.counted_on, QUARTER))
    return csv_file(f"{code}-holding-back-{shown.span.first}-{shown.span.last}", shown.csv)


def hindrances(asked: Asked, span: Span) -> HindrancesPresenter:
    """In a fixed number of statements, however many pathways there are."""
    now, then = held_back(asked.place, [span.time, span.compared_time], now=asked.at)
    found = ranked(now)
    charted = _charted(asked, span, found[0]) if found else None
    return HindrancesPresenter(asked.place, span, found, then, charted)


def _charted(asked: Asked, span: Span, first: Held) -> Charted:
    """The year up to the end of the time, of what the pathway that costs the most rests on."""
    place, pathway, measure = asked.place, first.pathway, MEASURE_OF[first.ground]
    found = series(place, measure, weeks(span.last, USUAL["week"]))
    changes = StatedChange.objects.standing().of(
        kind=place.kind, code=place.code, measure=measure, pathway=pathway
    )
    return Charted(found.get(pathway, Series([], [])), list(changes), "week")
