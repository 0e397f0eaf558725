"""The ward round: starting it, its list, one patient after another, and its record."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
)
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.models import User
from accounts.policies import signed_in
from lib import fragments
from lib.addresses import address
from lib.by_key import ByKey
from lib.london import wall
from patients.models import Admission
from patients.policies import can_see_on
from patients.presenters.words import named
from patients.views.acting import attempt, form_page
from patients.views.asking import caring_ward
from rounds.actions.rounds import end_round, excuse, start_round
from rounds.board.now import rows
from rounds.forms.rounds import EndForm, ExcuseForm, StartForm
from rounds.models import Round
from rounds.policies import can_run_round, check_can_review, check_can_run_round
from rounds.presenters.round_list import ProgressPresenter, RoundPresenter, next_words
from rounds.round.listed import Listed, listed
from rounds.views.asking import READ_OR_POST, any_admission, on_screen
from rounds.views.deciding import Deciding, deciding

_RELATED: Final = ("ward__lead_provider", "ward__icb", "started_by", "ended_by")
_ROUND: Final = ByKey("one_round", lambda: Round.objects.select_related(*_RELATED))


@require_http_methods(READ_OR_POST)
def round_create(request: HttpRequest, code: str) -> HttpResponseBase:
    """A colleague's round of the same shift is joined, not started a second time."""
    user, at = signed_in(request), timezone.now()
    ward = caring_ward(user, code)
    check_can_run_round(user, ward, at=at)
    form = StartForm(request.POST or None, initial={"shift": _shift(at)})
    if form.is_valid():
        found = start_round(ward=ward, shift=form.cleaned_data["shift"], by=user, at=at)
        return redirect("rounds:round-detail", found.pk)
    told = {
        "ward": ward,
        "going_on": Round.objects.going_on().filter(ward=ward).select_related("started_by"),
        "back_url": address("rounds:ward-board", code),
    }
    return form_page(request, "rounds/round_create.html", form, **told)


@require_safe
def round_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The list while the round goes on, its record afterwards."""
    user, at = signed_in(request), timezone.now()
    found = _round(user, pk)
    listing = listed(found, at=at)
    now = {} if found.ended_at else {UUID(r.admission.pk): r.level for r in rows(found.ward, at)}
    version = _version(user, listing, sorted(now.items()))
    if _is_known(request, version):
        return _told(HttpResponseNotModified(), listing)
    audit.look(request, page="rounds:round-detail", subject=found.ward, at=at)
    shown = RoundPresenter(listing, user, now, may_run=can_run_round(user, found.ward, at=at))
    page, fragment = "rounds/round_detail.html", "rounds/_round_list.html"
    response = fragments.render(request, page, {"round": shown}, fragment=fragment)
    return _tagged(request, _told(response, listing), version)


@require_safe
def round_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The bar above a patient's screen asking for itself, and whether the patient has news."""
    user, at = signed_in(request), timezone.now()
    found = _round(user, pk)
    listing = listed(found, at=at)
    version = _version(user, listing, request.GET.urlencode())
    if _is_known(request, version):
        return _told(HttpResponseNotModified(), listing)
    told = _progress(listing, user, _uuid(request.GET.get("at", "")), request.GET.get("seen", ""))
    response = render(request, "rounds/_round_progress.html", told)
    return _tagged(request, _told(response, listing), version)


@require_http_methods(READ_OR_POST)
def round_patient(request: HttpRequest, pk: UUID, admission: UUID) -> HttpResponseBase:
    user, at = signed_in(request), timezone.now()
    on, about = _round(user, pk), on_screen(user, admission)
    check_can_review(user, about, at=at)
    listing = listed(on, at=at)
    line = listing.line(about.pk)
    if line is None:
        return redirect("rounds:review-create", about.pk)
    before, after = listing.beside(about.pk, -1), listing.beside(about.pk, 1)
    told = _progress(listing, user, about.pk, line.version) | {
        "next_words": next_words(listing, about.pk),
        "previous_url": address("rounds:round-patient", pk, before.pk) if before else "",
        "next_url": address("rounds:round-patient", pk, after.pk) if after else "",
        "excuse_url": address("rounds:place-excuse", pk, about.pk),
        "line": line,
    }
    return deciding(
        Deciding(
            request=request,
            user=user,
            admission=about,
            at=at,
            on=on,
            here=address("rounds:round-patient", pk, about.pk),
            then=lambda: _next(on, about),
            told=told,
        )
    )


@require_http_methods(READ_OR_POST)
def place_excuse(request: HttpRequest, pk: UUID, admission: UUID) -> HttpResponseBase:
    user = signed_in(request)
    on, about = _round(user, pk), any_admission(user, admission)
    check_can_run_round(user, on.ward)
    form = ExcuseForm(request.POST or None)
    if form.is_valid() and attempt(
        form, lambda: excuse(on=on, admission=about, by=user, **form.cleaned_data)
    ):
        messages.success(request, f"{about.patient} is excused from this round.")
        return redirect(_next(on, about))
    told = {
        "title": f"Not reviewed on this round: {named(about.patient)}",
        "submit": "Excuse from this round",
        "back_url": address("rounds:round-patient", pk, about.pk),
    }
    return form_page(request, "patients/action.html", form, **told)


@require_http_methods(READ_OR_POST)
def round_end(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    user, at = signed_in(request), timezone.now()
    on = _round(user, pk)
    check_can_run_round(user, on.ward, at=at)
    if on.ended_at:
        return redirect("rounds:round-detail", pk)
    waiting = [
        (x.pk, f"{x.family_name.upper()}, {x.given_name}") for x in listed(on, at=at).waiting
    ]
    form = EndForm(request.POST if request.method == "POST" else None, waiting=waiting)
    if form.is_valid() and attempt(form, lambda: end_round(on=on, reasons=form.reasons, by=user)):
        messages.success(request, "The round has ended. This is its record.")
        return redirect("rounds:round-detail", pk)
    told = {"round": on, "waiting": waiting, "back_url": address("rounds:round-detail", pk)}
    return form_page(request, "rounds/round_end.html", form, **told)


def _round(user: User, pk: UUID) -> Round:
    """On a ward whose patients they may see."""
    found = _ROUND.get(pk)
    if found is None or not can_see_on(user, found.ward):
        raise Http404("No such round.")
    return found


def _next(on: Round, about: Admission) -> str:
    """Who waits next; when nobody does, the list."""
    waits = listed(on, at=timezone.now()).next_waiting(about.pk)
    if waits:
        return address("rounds:round-patient", on.pk, waits.pk)
    return address("rounds:round-detail", on.pk)


def _progress(listing: Listed, user: User, at: UUID | None, seen: str) -> dict[str, object]:
    line = listing.line(at) if at else None
    query = f"?at={at}&seen={seen}"
    return {
        "progress": ProgressPresenter(listing, user, current=at),
        "news": line is not None and line.version != seen,
        "here": address("rounds:round-patient", listing.round.pk, at) if at else "",
        "poll_url": address("rounds:round-progress", listing.round.pk) + query,
    }


def _version(user: User, listing: Listed, *more: object) -> str:
    """All that the list shows to this user; the words "is writing" and "Thu" turn with its time."""
    seen = (
        settings.RELEASE,
        user.pk,
        wall(listing.at).date(),
        listing.lines,
        listing.round.ended_at,
    )
    return hashlib.blake2b(repr((*seen, *more)).encode(), digest_size=12).hexdigest()


def _is_known(request: HttpRequest, version: str) -> bool:
    asked = request.headers.get("If-None-Match") == f'"{version}"'
    return asked and fragments.wants_fragment(request)


def _tagged(request: HttpRequest, response: HttpResponse, version: str) -> HttpResponse:
    if fragments.wants_fragment(request):
        response["ETag"] = f'"{version}"'
    return response


def _told(response: HttpResponse, listing: Listed) -> HttpResponse:
    """Even an unchanged list says how far behind its readings are."""
    response["X-Lag"] = str(int(listing.lag.total_seconds()))
    return response


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _shift(at: dt.datetime) -> str:
    hour = wall(at).hour
    shifts = Round.Shift
    return shifts.MORNING if 5 <= hour < 13 else shifts.AFTERNOON if hour < 20 else shifts.NIGHT
