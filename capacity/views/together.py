"""Several ICBs together, of those that the reader may see: England, a region, a footprint."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import reach, signed_in
from accounts.roles import FIGURES
from capacity.models import IntegratedCareBoard, Region
from capacity.policies import check_can_see_figures
from capacity.presenters.days import Days, DaysPresenter
from capacity.presenters.switches import Choice
from capacity.presenters.together import TogetherPresenter
from capacity.reports import history, together
from capacity.reports.leave import leave_rule
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
    ids = [icb.pk for icb in wanted]
    days = Days.read(request.GET.dict(), today, _kept(base, region, chosen))
    return TogetherPresenter(
        whole=together.whole(IntegratedCareBoard.objects.filter(pk__in=ids), base, at),
        over_time=DaysPresenter(days, history.mornings_of(ids, days.since, days.last)),
        at=at,
        base=base,
        chosen=chosen,
        region=region,
        regions=regions,
        pickable=visible,
        whole_country=reach(user, FIGURES).england,
        leave=leave_rule(at),
    )


def _kept(base: str, region: Region | None, chosen: list[str]) -> list[tuple[str, str]]:
    scope = [("region", region.code)] if region else []
    return [("base", base), *scope, *(("icb", code) for code in chosen)]


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
