"""An ICB's targets and bed plans: everybody who sees its figures looks, its managers plan."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policies import signed_in
from capacity.actions.plans import plan_beds, set_target, withdraw_plan
from capacity.forms.plans import PlanForm, TargetForm
from capacity.models import IntegratedCareBoard, PlannedBeds, Ward
from capacity.policies import can_plan, check_can_plan, check_can_see_figures
from capacity.presenters.plan import PlanPresenter, signed
from capacity.reports import now, plans, populations
from capacity.reports.leave import leave_rule
from capacity.views.answers import csv_file
from capacity.views.icbs import visible_icb
from lib import london
from lib.fields import refuse


@require_safe
def icb_plan(request: HttpRequest, code: str) -> HttpResponse:
    icb = visible_icb(signed_in(request), code)
    return _page(request, icb, PlanForm(wards=_wards(icb)), TargetForm())


@require_safe
def icb_plan_table(request: HttpRequest, code: str) -> HttpResponse:
    shown = _read(request, visible_icb(signed_in(request), code))
    return csv_file(f"{code}-plan-{shown.window.first}-{shown.window.last}", shown.csv)


@require_http_methods(["GET", "HEAD", "POST"])
def plan_create(request: HttpRequest, code: str) -> HttpResponseBase:
    """Loaded again after a refusal, the page itself."""
    user = signed_in(request)
    icb = visible_icb(user, code)
    check_can_plan(user, icb)
    if request.method != "POST":
        return redirect("capacity:icb-plan", code=code)
    form = PlanForm(request.POST, wards=_wards(icb))
    if not _done(form, lambda: plan_beds(icb=icb, by=user, **form.as_arguments())):
        return _page(request, icb, form, TargetForm())
    beds, on = form.cleaned_data["beds"], form.cleaned_data["on"]
    messages.success(request, f"{signed(beds)} beds are planned from {london.plain_day(on)}.")
    return redirect("capacity:icb-plan", code=code)


@require_http_methods(["GET", "HEAD", "POST"])
def target_create(request: HttpRequest, code: str) -> HttpResponseBase:
    user = signed_in(request)
    icb = visible_icb(user, code)
    check_can_plan(user, icb)
    if request.method != "POST":
        return redirect("capacity:icb-plan", code=code)
    form = TargetForm(request.POST)
    if not _done(form, lambda: set_target(icb=icb, by=user, **form.as_arguments())):
        return _page(request, icb, PlanForm(wards=_wards(icb)), form)
    day = london.plain_day(form.cleaned_data["starts"])
    messages.success(request, f"The target holds from {day}.")
    return redirect("capacity:icb-plan", code=code)


@require_POST
def plan_withdraw(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = signed_in(request)
    check_can_see_figures(user)
    visible = IntegratedCareBoard.objects.visible_to(user)
    planned = get_object_or_404(PlannedBeds.objects.filter(icb__in=visible), pk=pk)
    check_can_plan(user, planned.icb)
    withdraw_plan(planned=planned, by=user)
    messages.success(request, f"{signed(planned.beds)} beds are no longer planned.")
    return redirect("capacity:icb-plan", code=planned.icb.code)


def _done(form: forms.Form, act: Callable[[], object]) -> bool:
    if not form.is_valid():
        return False
    try:
        act()
    except ValidationError as refused:
        refuse(form, refused, beside={"on": "on", "where": "where", "high": "high"})
        return False
    return True


def _wards(icb: IntegratedCareBoard) -> QuerySet[Ward]:
    return Ward.objects.filter(icb=icb)


def _page(
    request: HttpRequest, icb: IntegratedCareBoard, plan: PlanForm, target: TargetForm
) -> HttpResponse:
    told = {
        "shown": _read(request, icb),
        "icb": icb,
        "may_plan": can_plan(request.user, icb),
        "plan_form": plan,
        "target_form": target,
    }
    status = 422 if plan.errors or target.errors else 200
    return render(request, "capacity/icb_plan.html", told, status=status)


def _read(request: HttpRequest, icb: IntegratedCareBoard) -> PlanPresenter:
    at = timezone.now()
    today = london.day_of(at)
    return PlanPresenter(
        icb=icb,
        today=today,
        now=now.icb_now(icb, at).total,
        dated=plans.dated_changes(icb, at),
        planned=plans.planned_of(icb, today),
        targets=plans.targets_of(icb),
        populations=populations.populations_of(icb),
        given=request.GET.dict(),
        leave=leave_rule(at),
    )
