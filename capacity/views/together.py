"""Several ICBs together, of those that the reader may see: England, a region, a footprint."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import reach, signed_in
from accounts.roles import FIGURES
from capacity.geography import CannotRestate
from capacity.models import IntegratedCareBoard, Region
from capacity.policies import check_can_see_figures
from capacity.presenters.boundaries import Boundaries
from capacity.presenters.days import Days, DaysPresenter
from capacity.presenters.spans import day_in
from capacity.presenters.switches import Choice
from capacity.presenters.together import TogetherPresenter
from capacity.reports import geography, history, restating, together
from capacity.reports.leave import leave_rule
from capacity.reports.together import Whole
from capacity.views.answers import csv_file
from lib import london


@require_safe
def together_detail(request: HttpRequest) -> HttpResponse:
    return render(request, "capacity/together_detail.html", {"shown": shown_together(request)})


@require_safe
def together_table(request: HttpRequest) -> HttpResponse:
    shown = shown_together(request)
    return csv_file(f"capacity-{shown.at:%Y-%m-%d-%H%M}", shown.csv)


def shown_together(request: HttpRequest) -> TogetherPresenter:
    """404 for a region or an ICB out of reach, for an address without any."""
    user = signed_in(request)
    check_can_see_figures(user)
    at = timezone.now()
    today = london.day_of(at)
    mine = IntegratedCareBoard.objects.visible_to(user).on(today).select_related("region")
    visible = list(mine.order_by("code"))
    regions = sorted({icb.region for icb in visible}, key=lambda region: region.name)
    region, chosen = _region(request, regions), request.GET.getlist("icb")
    wanted = _wanted(visible, region, chosen)
    base = Choice.read(request.GET.dict()).base
    boards, whole, boundaries = _counted(request, wanted, base, at)
    ids = [icb.pk for icb in boards]
    kept = _kept(base, region, chosen, boundaries)
    days = Days.read(request.GET.dict(), london.last_counted(at), kept)
    return TogetherPresenter(
        whole=whole,
        over_time=DaysPresenter(days, history.mornings_of(ids, days.since, days.last)),
        at=at,
        base=base,
        chosen=chosen,
        region=region,
        regions=regions,
        pickable=visible,
        whole_country=reach(user, FIGURES).england,
        leave=leave_rule(at),
        boundaries=boundaries,
    )


def _kept(
    base: str, region: Region | None, chosen: list[str], boundaries: Boundaries
) -> list[tuple[str, str]]:
    scope = [("region", region.code)] if region else []
    icbs = [("icb", code) for code in chosen]
    return [("base", base), *scope, *icbs, *boundaries.query.items()]


def _counted(
    request: HttpRequest, wanted: list[IntegratedCareBoard], base: str, at: dt.datetime
) -> tuple[list[IntegratedCareBoard], Whole, Boundaries]:
    """On the boundaries that were asked for; on today's where they cannot be told, and why not."""
    maps = restating.offered(geography.maps(), london.day_of(at))
    asked, refused = day_in(request.GET.get("map", "")), ""
    if asked in maps:
        visible = IntegratedCareBoard.objects.visible_to(signed_in(request))
        try:
            boards, whole = restating.on_boundaries(wanted, visible, asked, base=base, at=at)
        except CannotRestate as why:
            refused = str(why)
        else:
            return boards, whole, Boundaries(asked, maps)
    return wanted, together.whole(wanted, base, at), Boundaries(None, maps, refused)


def _region(request: HttpRequest, regions: list[Region]) -> Region | None:
    asked = request.GET.get("region")
    if not asked:
        return None
    found = [region for region in regions if region.code == asked]
    if not found:
        raise Http404("No ICB of this region is within reach.")
    return found[0]


def _wanted(
    visible: list[IntegratedCareBoard], region: Region | None, chosen: list[str]
) -> list[IntegratedCareBoard]:
    if not {*chosen} <= {icb.code for icb in visible}:
        raise Http404("An ICB is not within reach.")
    wanted = [
        icb
        for icb in visible
        if (not chosen or icb.code in chosen) and region in (None, icb.region)
    ]
    if not wanted:
        raise Http404("No ICB is within reach.")
    return wanted
