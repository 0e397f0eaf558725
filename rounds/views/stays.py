"""Admitting with kit, discharging with what is open, and taking a departure back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.policies import signed_in
from capacity.refusals import BedRefused
from lib import london
from lib.fields import among, refuse
from observations.actions.refusals import ActionRefusedError
from patients.actions.agreement import NeedsSenior
from patients.actions.plans import last_day, limit_of
from patients.forms.moves import BedChoiceForm
from patients.free_beds import beds_for
from patients.models import Admission
from patients.policies import can_go_over_capacity, check_can_admit, check_can_discharge
from patients.presenters.words import named
from patients.views.acting import BESIDE, form_page
from rounds.actions.experience import asked_questionnaire
from rounds.actions.stays import admit_with_kit, discharge_with_open, take_back_discharge
from rounds.forms.admitting import AdmitForm, usual_mode
from rounds.forms.leaving import DischargeForm, TakeBackForm
from rounds.patient.coming import Coming, coming
from rounds.patient.still_open import StillOpen, still_open
from rounds.presenters.stays import AdmitPresenter, DischargePresenter
from rounds.views.asking import READ_OR_POST, any_admission, awaited

_BESIDE = {
    **BESIDE,
    "senior": "agreed_by",
    "age": "mode",
    "day": "expected_discharge",
    "concern": "safeguarding-state",
    "reason": "mode_reason",
    "WardNotOpen": "bed",
    "BedOfAnotherWard": "bed",
    "DeviceRefusedError": "devices",
    "TimeRefused": "left_at",
    "destination": "destination",
    "medicines": "medicines",
    "follow_up": "follow_up_known",
    "by_when": "follow_up_known",
    "kit_due": "kit_due",
    "capacity": "capacity",
    "advice_given": "advice_given",
    "told_by": "told_by",
}


def attempt(form: forms.Form, act: Callable[[], object]) -> bool:
    """False where it was refused; then nothing was written, and the form says why."""
    try:
        act()
    except (ValidationError, BedRefused, NeedsSenior, ActionRefusedError) as no:
        refuse(form, no, beside=_BESIDE)
        return False
    return True


@require_http_methods(READ_OR_POST)
def admission_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, at = signed_in(request), timezone.now()
    referral = awaited(user, pk)
    check_can_admit(user, referral.ward)
    admitted = getattr(referral, "admission", None)
    if admitted is not None:
        return redirect("rounds:patient-detail", pk=admitted.pk)
    audit.look(request, page="rounds:admission-create", subject=referral, at=at)
    offered = coming(referral, user=user, at=at)
    form = _admit_form(request, offered)
    if form.is_valid():
        admitting = {"referral": referral, "by": user, **form.as_arguments()}
        if attempt(form, lambda: admit_with_kit(**admitting)):
            return _admitted(request, offered)
        # The bed was taken meanwhile: what is free now stands in its place.
        offered = coming(referral, user=user, at=timezone.now())
        among(form, "bed", offered.beds)
    shown = AdmitPresenter(offered, form)
    return form_page(request, "rounds/admission_create.html", form, admit=shown)


def _admit_form(request: HttpRequest, offered: Coming) -> AdmitForm:
    patient, today = offered.referral.patient, london.day_of(timezone.now())
    expected = last_day(offered.version, today)
    first = patient.contacts.filter(call_first=True).first()
    return AdmitForm(
        request.POST or None,
        beds=offered.beds,
        may_go_over=offered.may_go_over,
        people=offered.people,
        seniors=offered.seniors,
        devices=offered.devices,
        patient=patient,
        limit=limit_of(offered.version, today),
        limit_days=offered.version.limit_days,
        initial={
            "bed": offered.referral.held_bed,
            "expected_discharge": expected,
            "mode": usual_mode(patient, offered.version.default_mode, today),
            "call_first": first,
        },
    )


def _admitted(request: HttpRequest, offered: Coming) -> HttpResponseBase:
    offered.referral.refresh_from_db()
    admission = offered.referral.admission
    messages.success(request, f"{named(admission.patient)} is admitted to {admission.ward.name}.")
    return redirect("rounds:patient-detail", pk=admission.pk)


@require_http_methods(READ_OR_POST)
def admission_discharge(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, at = signed_in(request), timezone.now()
    admission = any_admission(user, pk)
    check_can_discharge(user, admission)
    left_open = still_open(admission, at=at)
    form = _discharge_form(request, admission, left_open, at)
    if not admission.is_open:
        return _left_already(request, admission, form)
    if form.is_valid():
        leaving = {"admission": admission, "by": user, **form.as_arguments()}
        if attempt(form, lambda: discharge_with_open(**leaving)):
            messages.success(request, f"{named(admission.patient)} has left {admission.ward.name}.")
            return redirect("rounds:admission-summary", pk=pk)
    shown = DischargePresenter(admission, left_open, at=at)
    return form_page(request, "rounds/admission_discharge.html", form, discharge=shown)


def _discharge_form(
    request: HttpRequest, admission: Admission, left_open: StillOpen, at: dt.datetime
) -> DischargeForm:
    return DischargeForm(
        request.POST or None,
        admission=admission,
        tasks=left_open.tasks,
        alert=left_open.alert,
        has_kit=bool(left_open.kit),
        questionnaire=asked_questionnaire(admission.ward, request.POST.get("questionnaire", "")),
        initial={"left_at": at},
    )


def _left_already(
    request: HttpRequest, admission: Admission, form: DischargeForm
) -> HttpResponseBase:
    """Sent twice, it was done once; what somebody else wrote meanwhile stands, and this stays."""
    if not (form.is_bound and form.is_valid()) or _is_the_same(request, admission, form):
        return redirect("rounds:admission-summary", pk=admission.pk)
    form.add_error(None, DischargePresenter.left_already(admission))
    left_open = still_open(admission, at=timezone.now())
    shown = DischargePresenter(admission, left_open, at=timezone.now())
    return form_page(request, "rounds/admission_discharge.html", form, discharge=shown)


def _is_the_same(request: HttpRequest, admission: Admission, form: DischargeForm) -> bool:
    typed = form.cleaned_data
    told = (admission.destination, admission.discharged_at, admission.discharged_by_id)
    return told == (typed["destination"], typed["left_at"], signed_in(request).pk)


class _TakeBack(TakeBackForm, BedChoiceForm):
    """The old bed unless another is chosen."""


@require_http_methods(READ_OR_POST)
def discharge_take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user = signed_in(request)
    admission = any_admission(user, pk)
    check_can_discharge(user, admission)
    if admission.is_open:
        return redirect("rounds:patient-detail", pk=pk)
    form = _TakeBack(
        request.POST or None,
        beds=beds_for(admission.ward, at=timezone.now()),
        may_go_over=can_go_over_capacity(user, admission.ward),
        needs_bed=False,
    )
    if form.is_valid():
        back = {"admission": admission, "by": user, **form.cleaned_data}
        if attempt(form, lambda: take_back_discharge(**back)):
            messages.success(
                request, f"{named(admission.patient)} is on {admission.ward.name} again."
            )
            return redirect("rounds:patient-detail", pk=pk)
    told = {"admission": admission, "named": named(admission.patient)}
    return form_page(request, "rounds/discharge_take_back.html", form, **told)
