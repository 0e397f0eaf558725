"""The ICBs in reach, and each one's dashboard with its downloads."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.policies import signed_in
from capacity.leave import LeaveRules
from capacity.models import IntegratedCareBoard, Provider, Ward
from capacity.policies import can_see_returns, check_can_see_figures
from capacity.presenters.days import Days, DaysPresenter
from capacity.presenters.icb import IcbPresenter
from capacity.presenters.sheets import in_one
from capacity.presenters.switches import Choice
from capacity.presenters.tables import Sources
from capacity.reports import flows, history, now, populations, published
from capacity.reports.leave import counted_and_rules
from capacity.reports.populations import Rate
from capacity.reports.staffed import told_of
from capacity.views.answers import csv_file, unless_unchanged
from lib import fragments, london


@dataclass(frozen=True, slots=True)
class _Wards:
    """An ICB's, by id, and which of them the user may open; when its days were last counted, and
    whether people on leave count."""

    every: dict[int, Ward]
    visible: frozenset[int]
    counted_at: dt.datetime | None
    leave: LeaveRules


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
    known = _wards(user, icb)
    return unless_unchanged(
        request,
        parts=(icb.pk, user.pk, sorted(known.visible), *_version(known, at)),
        render=lambda: _render(request, _read(request, icb, at, known)),
    )


@require_safe
def icb_table(request: HttpRequest, code: str) -> HttpResponse:
    shown = shown_icb(request, code)
    name = f"{code}-by-{shown.choice.by}-{shown.at:%Y-%m-%d-%H%M}"
    return csv_file(name, shown.csv)


@require_safe
def icb_days(request: HttpRequest, code: str) -> HttpResponse:
    shown = shown_icb(request, code)
    return csv_file(f"{code}-by-day-{shown.at:%Y-%m-%d}", shown.over_time.csv)


@require_safe
def icb_page(request: HttpRequest, code: str) -> HttpResponse:
    shown = shown_icb(request, code)
    return csv_file(f"{code}-{shown.at:%Y-%m-%d-%H%M}", in_one(shown.sheets))


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


def _version(known: _Wards, at: dt.datetime) -> tuple[object, ...]:
    """Each change of who lies where moves a roster; each count moves its time; else the day."""
    rosters = sum(ward.roster_version for ward in known.every.values())
    hour = london.wall(at).strftime("%Y-%m-%d %H")
    return rosters, known.counted_at, known.leave, hour


def shown_icb(request: HttpRequest, code: str) -> IcbPresenter:
    user = signed_in(request)
    icb, at = visible_icb(user, code), timezone.now()
    return _read(request, icb, at, _wards(user, icb))


def _read(
    request: HttpRequest, icb: IntegratedCareBoard, at: dt.datetime, known: _Wards
) -> IcbPresenter:
    choice = Choice.read(request.GET.dict())
    counted_on = london.last_counted(at)
    sources = _sources(icb, at, counted_on, known)
    beds = sources.now.total.beds
    people = populations.populations_of(icb)
    days = Days.read(request.GET.dict(), counted_on, choice.kept)
    return IcbPresenter(
        icb=icb,
        sources=sources,
        rates={base: Rate(beds, population) for base, population in people.items()},
        over_time=DaysPresenter(
            days, history.icb_mornings(icb, days.since, days.last, rules=known.leave)
        ),
        published=published.path_of("ENGLAND", icb.code),
        choice=choice,
        counted_on=counted_on,
    )


def _sources(
    icb: IntegratedCareBoard, at: dt.datetime, counted_on: dt.date, known: _Wards
) -> Sources:
    counts = now.icb_now(icb, at, wards=known.every)
    providers = Provider.objects.in_bulk({provider for provider, _ in counts.places})
    return Sources(
        now=counts,
        stays=flows.icb_stays(icb, counted_on, wards=known.every),
        providers=providers,
        wards=known.every,
        visible=known.visible,
        leave=known.leave.on(london.day_of(at)),
        staffed=told_of(known.every.keys(), at, london.day_of(at)),
    )


def _wards(user: User, icb: IntegratedCareBoard) -> _Wards:
    own = Ward.objects.visible_to(user).filter(pk=OuterRef("pk"))
    wards = list(now.wards_of(icb).annotate(is_visible=Exists(own)))
    visible = frozenset(ward.pk for ward in wards if ward.is_visible)
    return _Wards({ward.pk: ward for ward in wards}, visible, *counted_and_rules(icb))
