"""Referrals: the list, one of them with its decision, and making one."""

from __future__ import annotations

import datetime as dt
import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.models import User
from capacity.models import Bed, Ward
from capacity.refusals import BedRefused
from lib.fields import refuse
from lib.ids import uuid7
from patients.actions.asking import ask_once, find_by_number
from patients.actions.clocks import set_referral_clock
from patients.actions.holds import hold_bed, release_bed
from patients.actions.plans import version_for
from patients.actions.referrals import accept, decline, look_first, withdraw
from patients.forms.referrals import (
    AcceptForm,
    ClockForm,
    DeclineForm,
    HoldForm,
    PlaceForm,
    ReferralForm,
    WithdrawForm,
)
from patients.free_beds import beds_for
from patients.models import Referral, ReferralClock
from patients.naming import as_written
from patients.policies import (
    can_decide,
    can_keep_records,
    can_look_for_patients,
    can_refer_somewhere,
    can_see_on,
    can_set_clock,
    can_withdraw,
    check_can_decide,
    check_can_refer_somewhere,
    check_can_see_referrals,
    check_can_set_clock,
    check_can_withdraw,
)
from patients.presenters.records import Compared, who_compared
from patients.presenters.referrals import ReferralPresenter, WardPlaces, clock_words, instead
from patients.record_book import perhaps_same
from patients.referral_book import could_take, referral_book, seen_by, versions_of
from patients.views.acting import attempt, form_page
from patients.views.asking import caring_ward, patients_cared_for, posted, who


@require_safe
def referral_list(request: HttpRequest) -> HttpResponse:
    user = who(request)
    check_can_see_referrals(user)
    audit.look(request, page="referrals", subject=user)
    at = timezone.now()
    book = referral_book(user, at=at)
    versions = versions_of(book.waiting)
    own = set(Ward.objects.caring(user).values_list("pk", flat=True))

    def rows(referrals: list[Referral]) -> list[ReferralPresenter]:
        return [
            ReferralPresenter(one, at=at, recorded=one.ward_id in own, version=versions.get(one.pk))
            for one in referrals
        ]

    told = {
        "waiting": rows(book.waiting),
        "accepted": rows(book.accepted),
        "decided": rows(book.decided),
        "can_refer": can_refer_somewhere(user),
        "caring": can_look_for_patients(user),
        "overdue": sum(1 for one in book.waiting if _is_overdue(one, at)),
        "clocks": _clocks(user),
    }
    return render(request, "patients/referral_list.html", told)


def _is_overdue(referral: Referral, at: dt.datetime) -> bool:
    return referral.decision_due_at is not None and referral.decision_due_at <= at


def _clocks(user: User) -> list[tuple[Ward, str]]:
    """Of the wards that the user leads: how long each wants to take."""
    wards = Ward.objects.caring(user).select_related("lead_provider", "icb", "referral_clock")
    return [(ward, clock_words(ward)) for ward in wards if can_set_clock(user, ward)]


@require_safe
def referral_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    user = who(request)
    referral = _referral(user, pk)
    audit.look(request, page="referral", subject=referral)
    if can_decide(user, referral):
        look_first(referral=referral, by=user)
    return _detail(request, referral)


@require_POST
def referral_accept(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user = who(request)
    referral = _referral(user, pk)
    check_can_decide(user, referral)
    form = AcceptForm(request.POST, beds=_free_beds(referral))
    if form.is_valid():
        try:
            accept(referral=referral, by=user, **form.cleaned_data)
        except (ValidationError, BedRefused) as refused:
            refuse(form, refused, beside=BESIDE_ACCEPTING)
        else:
            messages.success(request, f"{_named(referral, user)} is accepted. Admit them next.")
            return redirect("patients:referral-detail", pk=pk)
    return _detail(request, referral, accept_form=form)


@require_POST
def referral_decline(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user = who(request)
    referral = _referral(user, pk)
    check_can_decide(user, referral)
    form = DeclineForm(request.POST)
    if form.is_valid():
        try:
            decline(referral=referral, by=user, **form.cleaned_data)
        except ValidationError as refused:
            refuse(form, refused, beside={"note": "note", "reason": "reason"})
        else:
            messages.success(
                request, f"{_named(referral, user)} is declined. The referrer sees why."
            )
            return redirect("patients:referral-list")
    return _detail(request, referral, decline_form=form)


@require_POST
def referral_withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user = who(request)
    referral = _referral(user, pk)
    check_can_withdraw(user, referral)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            withdraw(referral=referral, by=user, **form.cleaned_data)
        except ValidationError as refused:
            refuse(form, refused)
        else:
            messages.success(request, f"{_named(referral, user)} is withdrawn.")
            return redirect("patients:referral-list")
    return _detail(request, referral, withdraw_form=form)


def _referral(user: User, pk: uuid.UUID) -> Referral:
    check_can_see_referrals(user)
    return get_object_or_404(seen_by(user), pk=pk)


def _named(referral: Referral, user: User) -> str:
    seen = can_see_on(user, referral.ward)
    return ReferralPresenter(referral, at=timezone.now(), recorded=seen).named


def _free_beds(referral: Referral) -> QuerySet[Bed]:
    return beds_for(referral.ward, at=timezone.now(), referral=referral)


def _detail(request: HttpRequest, referral: Referral, **typed: forms.Form) -> HttpResponse:
    user, at = who(request), timezone.now()
    deciding = can_decide(user, referral)
    version = versions_of([referral]).get(referral.pk)
    referral.refresh_from_db(fields=["first_looked_at", "outcome"])
    told = {
        "referral": ReferralPresenter(
            referral, at=at, recorded=can_see_on(user, referral.ward), version=version
        ),
        "deciding": deciding,
        "withdrawing": can_withdraw(user, referral),
        "perhaps": perhaps_same(referral.patient, patients_cared_for(user)) if deciding else [],
        "keeps_records": can_keep_records(user),
        "hold_form": HoldForm(beds=_free_beds(referral)),
        "accept_form": AcceptForm(beds=_free_beds(referral)),
        "decline_form": DeclineForm(),
        "withdraw_form": WithdrawForm(),
        "refused": next(iter(typed.values()), None),
    } | typed
    if deciding:
        told |= _places(referral, at)
    status = 422 if typed else 200
    return render(request, "patients/referral_detail.html", told, status=status)


def _places(referral: Referral, at: dt.datetime) -> dict[str, object]:
    """A referrer sees no figures: for who decides."""
    found = could_take(referral, at=at)
    rows = [WardPlaces(one, asked=one.ward.pk == referral.ward_id) for one in found]
    return {"places": rows, "instead": instead(referral, found)}


@require_POST
def referral_hold(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """A bed for somebody who is accepted and on the way."""
    user = who(request)
    referral = _referral(user, pk)
    check_can_decide(user, referral)
    form = HoldForm(request.POST, beds=_free_beds(referral))
    if form.is_valid() and attempt(
        form, lambda: hold_bed(referral=referral, by=user, **form.cleaned_data)
    ):
        bed = form.cleaned_data["bed"]
        messages.success(request, f"Bed {bed.label} is held for {_named(referral, user)}.")
        return redirect("patients:referral-detail", pk=pk)
    return _detail(request, referral, hold_form=form)


@require_POST
def referral_release(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user = who(request)
    referral = _referral(user, pk)
    check_can_decide(user, referral)
    release_bed(referral=referral, by=user)
    messages.success(request, f"No bed is held for {_named(referral, user)} any more.")
    return redirect("patients:referral-detail", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def referral_clock(request: HttpRequest, code: str) -> HttpResponseBase:
    """Within how long the ward wants to decide."""
    user = who(request)
    ward = caring_ward(user, code)
    check_can_set_clock(user, ward)
    known = ReferralClock.objects.filter(ward=ward).first()
    form = ClockForm(posted(request), initial={"minutes": known.minutes if known else None})
    if form.is_valid() and attempt(
        form, lambda: set_referral_clock(ward=ward, by=user, **form.cleaned_data)
    ):
        messages.success(request, f"{ward.name}: the clock for referrals is set.")
        return redirect("patients:referral-list")
    return form_page(
        request,
        "patients/action.html",
        form,
        title=f"Clock for referrals to {ward.name}",
        submit=f"Set it for {ward.name}",
        back_url=reverse("patients:referral-list"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def referral_create(request: HttpRequest) -> HttpResponseBase:
    """Ward and pathway first, in the address; then the person and the pathway's own questions."""
    user = who(request)
    check_can_refer_somewhere(user)
    at = timezone.now()
    chosen = "ward" in request.GET or "pathway" in request.GET
    place = PlaceForm(request.GET if chosen else None, user=user, at=at)
    if not place.is_valid():
        return render(request, "patients/referral_place.html", {"form": place})
    return _referral_form(request, place, user)


def _referral_form(request: HttpRequest, place: PlaceForm, user: User) -> HttpResponseBase:
    ward, pathway = place.cleaned_data["ward"], place.cleaned_data["pathway"]
    form = ReferralForm(posted(request), version=version_for(ward, pathway))
    if form.is_valid():
        try:
            referral = _ask(form, place, user)
        except ValidationError as refused:
            refuse(form, refused, beside=BESIDE)
        else:
            messages.success(request, f"{_named(referral, user)} is referred to {ward.name}.")
            return redirect("patients:referral-detail", pk=referral.pk)
    told = {
        "form": form,
        "ward": ward,
        "pathway": pathway,
        "asks_again": _asks_again(form),
        "known": _known(form, user),
    }
    status = 422 if form.errors else 200
    return render(request, "patients/referral_create.html", told, status=status)


BESIDE_ACCEPTING = {
    "until": "held_until",
    "ward": "held_bed",
    "BedTaken": "held_bed",
    "BedHeld": "held_bed",
    "BedClosed": "held_bed",
}
BESIDE = {
    "differs": "same_person",
    "born": "born",
    "admitted": "nhs_number",
    "referred": "nhs_number",
    "died": "nhs_number",
    "number_of_another": "nhs_number",
}


def _asks_again(form: ReferralForm) -> bool:
    """The tick "same person" stands there only once it was asked."""
    return "same_person" in form.errors or bool(form.data.get("same_person"))


def _known(form: ReferralForm, user: User) -> list[Compared]:
    """Both side by side, for whoever may see that patient; a referrer is told no more than that
    something differs."""
    if "same_person" not in form.errors:
        return []
    person = form.person()
    known = find_by_number(person.nhs_number)
    if known is None or not patients_cared_for(user).filter(pk=known.pk).exists():
        return []
    return who_compared(as_written(person), as_written(known))


def _ask(form: ReferralForm, place: PlaceForm, user: User) -> Referral:
    return ask_once(
        referral_id=form.cleaned_data["key"] or uuid7(),
        person=form.person(),
        same_person=form.cleaned_data["same_person"],
        facts=form.facts(timezone.now()),
        by=user,
        **place.cleaned_data,
        **form.asked(),
    )
