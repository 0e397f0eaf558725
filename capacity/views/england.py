"""England as published, a month at a time, with the ICBs ranked."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.policies import signed_in
from capacity.geography import CannotRestate
from capacity.models import IntegratedCareBoard
from capacity.policies import can_import_published, check_can_see_figures, own_icbs
from capacity.presenters.boundaries import Boundaries
from capacity.presenters.england import EnglandPresenter
from capacity.presenters.league import ORDERS
from capacity.presenters.path import PathPresenter, months_shown
from capacity.presenters.spans import day_in
from capacity.reports import geography, published
from capacity.reports.published import League
from capacity.views.answers import csv_file


@require_safe
def england_detail(request: HttpRequest) -> HttpResponse:
    check_can_see_figures(request.user)
    shown = _read(request)
    context = {"shown": shown, "may_import": can_import_published(request.user)}
    return render(request, "capacity/england_detail.html", context)


@require_safe
def england_table(request: HttpRequest) -> HttpResponse:
    check_can_see_figures(request.user)
    shown = _read(request)
    if shown is None:
        raise Http404("No month is held.")
    return csv_file(f"england-{shown.league.month:%Y-%m}-by-{shown.order}", shown.csv)


@require_safe
def published_icb(request: HttpRequest, code: str) -> HttpResponse:
    """Published, so it is for everybody who sees figures, whichever ICB is theirs."""
    return render(request, "capacity/published_icb.html", {"shown": _path(request, code)})


@require_safe
def published_icb_table(request: HttpRequest, code: str) -> HttpResponse:
    shown = _path(request, code)
    return csv_file(f"{code}-as-published-{shown.window.first}-{shown.window.last}", shown.csv)


def _path(request: HttpRequest, code: str) -> PathPresenter:
    check_can_see_figures(request.user)
    visible = IntegratedCareBoard.objects.visible_to(signed_in(request))
    then, leagues, boundaries = _on_boundaries(request, code)
    held = [league.month for league in leagues if then in {line.code for line in league.icbs}]
    if not held:
        raise Http404("No published month is held for this code.")
    return PathPresenter(
        code=then,
        name=published.short_names().get(then, then),
        leagues=leagues,
        linked=visible.filter(code=then).exists(),
        boundaries=boundaries,
        window=months_shown(request.GET.dict(), held, boundaries),
    )


def _on_boundaries(request: HttpRequest, code: str) -> tuple[str, list[League], Boundaries]:
    """What the code became on the boundaries that were asked for, and the months on them; as they
    were published where that cannot be told, and why not. Another day is as if not said."""
    maps, leagues = geography.maps(), published.leagues()
    asked = day_in(request.GET.get("map", ""))
    if asked not in maps or not leagues:
        return code, leagues, _boundaries(None, maps)
    known = geography.geography()
    try:
        then, *others = known.shares(code, leagues[0].month, asked)
        if others:
            raise CannotRestate(f"{code} was split: choose one of its parts instead.")
        return then, geography.restated(leagues, known, asked), _boundaries(asked, maps)
    except CannotRestate as why:
        return code, leagues, _boundaries(None, maps, str(why))


def _boundaries(asked: dt.date | None, maps: list[dt.date], refused: str = "") -> Boundaries:
    return Boundaries(asked, maps, refused, "in the boundaries of its time", "As published")


def _read(request: HttpRequest) -> EnglandPresenter | None:
    """None where no month is held at all; a month that is not held is not found."""
    held = published.months()
    if not held:
        return None
    league = published.league(_month(request, held))
    if league is None:
        raise Http404("No figures for England are held for this month.")
    user = signed_in(request)
    order = request.GET.get("by", "")
    visible = IntegratedCareBoard.objects.visible_to(user).values_list("code", flat=True)
    return EnglandPresenter(
        league=league,
        path=published.path_of("ENGLAND"),
        regions=published.region_sums(league.icbs),
        names=published.short_names(),
        mine=own_icbs(user),
        linked=frozenset(visible),
        order=order if order in ORDERS else "rate",
    )


def _month(request: HttpRequest, held: list[dt.date]) -> dt.date:
    asked = request.GET.get("month", "")
    if not asked:
        return held[-1]
    try:
        month = dt.date.fromisoformat(f"{asked}-01")
    except ValueError:
        raise Http404("A month is written 2023-12.") from None
    if month not in held:
        raise Http404("No figures are held for this month.")
    return month
