"""Referrals: the list, one of them with its decision, and making one."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.models import User
from capacity.models import Bed, Ward
from patients.actions.asking import ask_for_place
from patients.actions.plans import version_for
from patients.actions.referrals import accept, decline, look_first, withdraw
from patients.forms.fields import refuse
from patients.forms.referrals import (
    AcceptForm,
    DeclineForm,
    PlaceForm,
    ReferralForm,
    WithdrawForm,
)
from patients.models import Referral
from patients.policies import (
    can_decide,
    can_look_for_patients,
    can_refer_somewhere,
    can_see_on,
    can_withdraw,
    check_can_decide,
    check_can_refer_somewhere,
    check_can_see_referrals,
    check_can_withdraw,
)
from patients.presenters.referrals import ReferralPresenter, WardPlaces
from patients.referral_book import could_take, referral_book, seen_by, versions_of
from patients.views.asking import posted, who


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
    }
    return render(request, "patients/referral_list.html", told)


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
        except ValidationError as refused:
            refuse(form, refused, beside={"until": "held_until", "ward": "held_bed"})
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


def _free_beds(referral: Referral) -> Any:
    return Bed.objects.free_at(timezone.now()).filter(ward=referral.ward)


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
        "places": _places(referral, at) if deciding else [],
        "accept_form": AcceptForm(beds=_free_beds(referral)),
        "decline_form": DeclineForm(),
        "withdraw_form": WithdrawForm(),
        "refused": next(iter(typed.values()), None),
    } | typed
    status = 422 if typed else 200
    return render(request, "patients/referral_detail.html", told, status=status)


def _places(referral: Referral, at: Any) -> list[WardPlaces]:
    return [
        WardPlaces(ward, count, asked=ward.pk == referral.ward_id)
        for ward, count in could_take(referral, at=at)
    ]


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
    told = {"form": form, "ward": ward, "pathway": pathway, "asks_again": _asks_again(form)}
    status = 422 if form.errors else 200
    return render(request, "patients/referral_create.html", told, status=status)


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


def _ask(form: ReferralForm, place: PlaceForm, user: User) -> Referral:
    return ask_for_place(
        person=form.person(),
        same_person=form.cleaned_data["same_person"],
        facts=form.facts(timezone.now()),
        by=user,
        **place.cleaned_data,
        **form.asked(),
    )
