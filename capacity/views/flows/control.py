"""Control charts, and the changes that somebody stated from which they begin anew."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from capacity.actions.stated_changes import state_change, withdraw_change
from capacity.forms.stated_changes import StatedChangeForm
from capacity.models import StatedChange
from capacity.policies import can_state_change, check_can_state_change
from capacity.presenters.flows import naming
from capacity.presenters.flows.control import ControlPresenter
from capacity.presenters.flows.control_choice import ControlChoice
from capacity.reports.series import WIDTHS, series
from capacity.views.answers import csv_file
from capacity.views.flows.asking import Asked, address


@require_safe
def control_detail(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    asked = Asked.of(request, kind, code)
    shown = _shown(request, asked)
    context = asked.context(
        "control-detail",
        shown=shown,
        choice=shown.choice,
        span=shown.choice.span,
        can_state=can_state_change(asked.user, **asked.codes),
    )
    return render(request, "capacity/control_detail.html", context)


@require_safe
def control_table(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    shown = _shown(request, Asked.of(request, kind, code))
    choice, span = shown.choice, shown.choice.span
    name = f"{code}-{choice.measure}-by-{choice.by}-{span.first}-{span.last}"
    return csv_file(name, shown.csv)


@require_http_methods(["GET", "HEAD", "POST"])
def stated_change_create(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    asked = Asked.of(request, kind, code)
    check_can_state_change(asked.user, **asked.codes)
    choice = _choice(request, asked)
    form = StatedChangeForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _stated(asked, choice, form):
        messages.success(request, "From that day the chart has limits of its own.")
        return _back(asked, choice)
    context = asked.context("control-detail", form=form, choice=choice, words=naming.MEASURES)
    context["title"] = naming.MEASURES[choice.measure].title
    context["back_url"] = f"{address('control-detail', asked.place)}?{choice.query()}"
    status = 422 if form.errors else 200
    return render(request, "capacity/stated_change_create.html", context, status=status)


@require_POST
def stated_change_withdraw(request: HttpRequest, kind: str, code: str, pk: int) -> HttpResponse:
    asked = Asked.of(request, kind, code)
    check_can_state_change(asked.user, **asked.codes)
    own = StatedChange.objects.filter(place_kind=asked.place.kind, place_code=asked.place.code)
    change = withdraw_change(change=get_object_or_404(own, pk=pk), by=asked.user)
    messages.success(request, "Taken back: the chart no longer begins anew on that day.")
    told = {"measure": change.measure, "pathway": change.pathway}
    return _back(asked, ControlChoice.read(told, asked.counted_on))


def _stated(asked: Asked, choice: ControlChoice, form: StatedChangeForm) -> bool:
    try:
        state_change(
            place_kind=asked.place.kind,
            place_code=asked.place.code,
            measure=choice.measure,
            pathway=choice.pathway,
            by=asked.user,
            **form.cleaned_data,
        )
    except ValidationError as refused:
        form.add_error(refused.code, refused.message)
        return False
    return True


def _back(asked: Asked, choice: ControlChoice) -> HttpResponseRedirect:
    return redirect(f"{address('control-detail', asked.place)}?{choice.query()}")


def _choice(request: HttpRequest, asked: Asked) -> ControlChoice:
    """Deaths week by week are small numbers: for who may see them."""
    choice = ControlChoice.read(request.GET.dict(), asked.counted_on)
    if naming.MEASURES[choice.measure].personal and not asked.exact:
        raise PermissionDenied("Deaths by week open for the ward's own staff only.")
    return choice


def _shown(request: HttpRequest, asked: Asked) -> ControlPresenter:
    choice = _choice(request, asked)
    place, span = asked.place, choice.span
    times = WIDTHS[choice.by](span.first, span.last)
    changes = StatedChange.objects.standing().filter(
        place_kind=place.kind, place_code=place.code, measure=choice.measure
    )
    return ControlPresenter(
        place=place,
        choice=choice,
        series=series(place, choice.measure, times),
        changes=list(changes.select_related("stated_by")),
        exact=asked.exact,
    )
