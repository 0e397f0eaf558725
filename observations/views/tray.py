"""A ward's tray: readings without a patient, and the decision about them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.models import User
from accounts.policies import signed_in
from observations.actions.tray import assign, dismiss
from observations.forms.tray import GIVE, DecideForm
from observations.models import UnclaimedReading
from observations.policies import can_treat, check_can_decide_reading
from observations.presenters.tray import PilePresenter, TrayPresenter
from observations.unclaimed import Pile, choices, pile_of, piles
from observations.views.acting import attempt
from observations.views.asking import caring_ward
from patients.presenters.words import address, named
from patients.views.acting import form_page


@require_safe
def tray_list(request: HttpRequest, code: str) -> HttpResponse:
    user = signed_in(request)
    ward = caring_ward(user, code)
    audit.look(request, page="tray", subject=ward)
    told = {
        "ward": ward,
        "tray": TrayPresenter(piles(ward, user=user), at=timezone.now()),
        "may_change": can_treat(user, ward),
    }
    return render(request, "observations/tray_list.html", told)


@require_http_methods(["GET", "HEAD", "POST"])
def tray_decide(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = signed_in(request)
    reading = get_object_or_404(UnclaimedReading.objects.caring(user).open(), pk=pk)
    check_can_decide_reading(user, reading)
    ward = reading.ward
    assert ward is not None, "caring() finds none without a ward"
    pile = pile_of(reading, user=user)
    told = PilePresenter(pile, at=timezone.now())
    known = choices(pile, ward, user=user)
    form = DecideForm(request.POST or None, admissions=known, likely=told.roles)
    shown = _shown(request, pile)
    if form.is_valid() and attempt(form, lambda: _decide(form.cleaned_data, shown, user)):
        messages.success(request, _words(form.cleaned_data))
        return redirect("observations:tray-list", code=ward.code)
    return form_page(
        request,
        "observations/tray_decide.html",
        form,
        pile=told,
        back_url=address("observations:tray-list", ward.code),
    )


def _shown(request: HttpRequest, pile: Pile) -> list[UnclaimedReading]:
    """Of the pile only what the form showed: what came since waits for its own decision."""
    shown = set(request.POST.get("rows", "").split(","))
    return [row for row in pile.readings if str(row.pk) in shown]


def _decide(given: dict[str, Any], readings: list[UnclaimedReading], user: User) -> None:
    reason = given["reason"]
    if given["decision"] == GIVE:
        assign(readings=readings, admission=given["admission"], reason=reason, by=user)
    else:
        dismiss(readings=readings, reason=reason, by=user)


def _words(given: dict[str, Any]) -> str:
    if given["decision"] == GIVE:
        whose = named(given["admission"].patient)
        return f"They are {whose}’s now. See whether anything rang."
    return "Dismissed. They are kept, and judged for nobody."
