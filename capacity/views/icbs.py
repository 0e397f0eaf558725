"""The ICBs in reach, and each one's dashboard with its downloads."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.policies import signed_in
from capacity.leave import LeaveRule
from capacity.models import DailySums, IntegratedCareBoard, Ward
from capacity.policies import can_see_returns, check_can_see_figures
from capacity.presenters.icb import IcbPresenter
from capacity.presenters.switches import Choice
from capacity.presenters.tables import Sources
from capacity.reports import flows, history, now, populations, published
from capacity.reports.leave import leave_rule
from capacity.reports.populations import Rate
from capacity.reports.staffed import told_of
from capacity.views.answers import csv_file, unless_unchanged
from lib import fragments, london


@dataclass(frozen=True, slots=True)
class _Wards:
    """An ICB's: the version of each one's roster by id, and which of them the user may open."""

    rosters: dict[int, int]
    visible: frozenset[int]
    leave: LeaveRule


@require_safe
def icb_list(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    check_can_see_figures(user)
    icbs = IntegratedCareBoard.objects.visible_to(user).select_related("region")
    wards = Ward.objects.visible_to(user).select_related("lead_provider", "icb")
    few = wards.count() <= 60
    context = {"icbs": icbs, "wards": wards.order_by("icb__code", "name") if few else []}
    return render(request, "capacity/icb_list.html", context)


@require_safe
def icb_detail(request: HttpRequest, code: str) -> HttpResponseBase:
    """Live: it asks for itself every five seconds, and is told where nothing moved."""
    user = signed_in(request)
    icb = visible_icb(user, code)
    at = timezone.now()
    known = _wards(user, icb, at)
    return unless_unchanged(
        request,
        parts=(icb.pk, user.pk, sorted(known.visible), *_version(icb, known, at)),
        render=lambda: _render(request, _read(request, icb, at, known)),
    )


@require_safe
def icb_table(request: HttpRequest, code: str) -> HttpResponse:
    shown = _shown(request, code)
    name = f"{code}-by-{shown.choice.by}-{shown.at:%Y-%m-%d-%H%M}"
    return csv_file(name, shown.csv)


@require_safe
def icb_days(request: HttpRequest, code: str) -> HttpResponse:
    shown = _shown(request, code)
    return csv_file(f"{code}-by-day-{shown.at:%Y-%m-%d}", shown.csv_days)


def visible_icb(user: User, code: str) -> IntegratedCareBoard:
    """403 without any role that sees figures, 404 for an ICB out of reach."""
    check_can_see_figures(user)
    return get_object_or_404(IntegratedCareBoard.objects.visible_to(user), code=code)


def _render(request: HttpRequest, shown: IcbPresenter) -> HttpResponse:
    return fragments.render(
        request,
        "capacity/icb_detail.html",
        {
            "shown": shown,
            "icb": shown.icb,
            "choice": shown.choice,
            "sees_returns": can_see_returns(request.user),
        },
        fragment="capacity/_icb_figures.html",
    )


def _version(icb: IntegratedCareBoard, known: _Wards, at: dt.datetime) -> tuple[object, ...]:
    """Each change of who lies where moves a roster; each count moves its time; else the day."""
    counted = DailySums.objects.filter(icb=icb).aggregate(last=Max("computed_at"))["last"]
    hour = london.wall(at).strftime("%Y-%m-%d %H")
    return sum(known.rosters.values()), counted, known.leave, hour


def _shown(request: HttpRequest, code: str) -> IcbPresenter:
    user = signed_in(request)
    icb, at = visible_icb(user, code), timezone.now()
    return _read(request, icb, at, _wards(user, icb, at))


def _read(
    request: HttpRequest, icb: IntegratedCareBoard, at: dt.datetime, known: _Wards
) -> IcbPresenter:
    choice = Choice.read(request.GET.dict())
    today = london.day_of(at)
    counted_on = today if london.count_instant(today) <= at else today - dt.timedelta(days=1)
    sources = _sources(icb, at, counted_on, known)
    beds = sources.now.total.beds
    people = populations.populations_of(icb)
    first = counted_on - dt.timedelta(days=choice.days - 1)
    return IcbPresenter(
        icb=icb,
        sources=sources,
        rates={base: Rate(beds, population) for base, population in people.items()},
        mornings=history.icb_mornings(icb, first, counted_on),
        published=published.path_of("ENGLAND", icb.code),
        choice=choice,
        counted_on=counted_on,
    )


def _sources(
    icb: IntegratedCareBoard, at: dt.datetime, counted_on: dt.date, known: _Wards
) -> Sources:
    counts = now.icb_now(icb, at, wards=known.rosters)
    providers, wards = now.names(counts)
    until = london.count_instant(counted_on)
    since = london.count_instant(counted_on - dt.timedelta(weeks=flows.WEEKS))
    legs = flows.icb_legs(icb, since)
    return Sources(
        now=counts,
        legs=legs,
        window=flows.flow([], since, until),
        providers=providers,
        wards=wards,
        visible=known.visible,
        leave=known.leave,
        staffed=told_of(known.rosters.keys(), at, london.day_of(at)),
    )


def _wards(user: User, icb: IntegratedCareBoard, at: dt.datetime) -> _Wards:
    visible = now.wards_of(icb) & Ward.objects.visible_to(user)
    ids = frozenset(visible.values_list("pk", flat=True))
    return _Wards(now.rosters(icb), ids, leave_rule(at))
