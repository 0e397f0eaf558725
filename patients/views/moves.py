"""Transfer, another bed, leave and return."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from capacity.models import Bed, Ward
from capacity.presence import ward_counts
from lib import london
from patients.actions.admissions import move_bed, return_from_leave, start_leave, transfer
from patients.forms.moves import BedChoiceForm, LeaveForm, TransferForm
from patients.free_beds import beds_for
from patients.models import Admission, LeaveDetail
from patients.policies import can_admit, can_go_over_capacity, check_can_change_care
from patients.presenters.words import named
from patients.views.acting import attempt, back_to, done, form_page
from patients.views.asking import caring_admission, posted, who

READ_OR_POST = ["GET", "HEAD", "POST"]


def _free(ward: Ward) -> QuerySet[Bed]:
    return beds_for(ward, at=timezone.now())


def _checked(request: HttpRequest, pk: uuid.UUID) -> tuple[User, Admission]:
    user = who(request)
    admission = caring_admission(user, pk)
    check_can_change_care(user, admission)
    return user, admission


@require_http_methods(READ_OR_POST)
def admission_transfer(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The ward in the address first, then its beds."""
    user, admission = _checked(request, pk)
    ward = _target(request, admission)
    if ward is None:
        return _choose_ward(request, admission)
    form = TransferForm(
        posted(request), beds=_free(ward), may_go_over=can_go_over_capacity(user, ward)
    )
    if can_admit(user, ward):
        del form.fields["agreed_with"]
    if form.is_valid():
        moved = attempt(
            form, lambda: transfer(admission=admission, ward=ward, by=user, **form.cleaned_data)
        )
        if moved:
            messages.success(request, f"{named(admission.patient)} is on {ward.name} now.")
            return redirect("patients:bed-list", code=admission.ward.code)
    told = {"admission": admission, "ward": ward, "named": named(admission.patient)}
    return form_page(
        request, "patients/admission_transfer.html", form, back_url=back_to(admission), **told
    )


def _targets(admission: Admission) -> QuerySet[Ward]:
    wards = Ward.objects.filter(icb=admission.ward.icb).exclude(pk=admission.ward_id)
    return wards.open_on(london.day_of(timezone.now())).select_related("lead_provider", "icb")


def _target(request: HttpRequest, admission: Admission) -> Ward | None:
    code = request.GET.get("ward")
    return get_object_or_404(_targets(admission), code=code) if code else None


def _choose_ward(request: HttpRequest, admission: Admission) -> HttpResponseBase:
    wards = _targets(admission)
    counts = ward_counts(wards, timezone.now())
    told = {
        "admission": admission,
        "named": named(admission.patient),
        "wards": [(ward, counts[ward.pk]) for ward in wards],
        "back_url": back_to(admission),
    }
    return render(request, "patients/admission_transfer_ward.html", told)


@require_http_methods(READ_OR_POST)
def admission_move(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Another bed of the same ward."""
    user, admission = _checked(request, pk)
    ward = admission.ward
    form = BedChoiceForm(
        posted(request), beds=_free(ward), may_go_over=can_go_over_capacity(user, ward)
    )
    if form.is_valid() and attempt(
        form, lambda: move_bed(admission=admission, by=user, **form.cleaned_data)
    ):
        return done(request, admission, f"{named(admission.patient)} has another bed.")
    return form_page(
        request,
        "patients/action.html",
        form,
        title="Another bed",
        submit=f"Move {named(admission.patient)}",
        back_url=back_to(admission),
    )


@require_http_methods(READ_OR_POST)
def admission_leave(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, admission = _checked(request, pk)
    form = LeaveForm(posted(request))
    if form.is_valid() and attempt(
        form, lambda: start_leave(admission=admission, by=user, **form.cleaned_data)
    ):
        return done(
            request, admission, f"{named(admission.patient)} is on leave: readings are not missed."
        )
    told = {"admission": admission, "named": named(admission.patient)}
    return form_page(
        request, "patients/admission_leave.html", form, back_url=back_to(admission), **told
    )


@require_http_methods(READ_OR_POST)
def leave_return(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """`pk` is the leave's; a bed is asked for only where theirs was given away."""
    user = who(request)
    detail = _leave(user, pk)
    admission = caring_admission(user, detail.admission_id)
    check_can_change_care(user, admission)
    form = BedChoiceForm(
        posted(request),
        beds=_free(admission.ward),
        may_go_over=can_go_over_capacity(user, admission.ward),
        needs_bed=not detail.leave.bed_held,
    )
    if detail.leave.bed_held:
        form.fields.clear()
    if request.method == "POST" and form.is_valid():
        beds = {"bed": form.cleaned_data.get("bed")}
        reason = form.cleaned_data.get("no_bed_reason", "")
        back = attempt(
            form, lambda: return_from_leave(detail=detail, by=user, no_bed_reason=reason, **beds)
        )
        if back:
            return done(request, admission, f"{named(admission.patient)} is back.")
    told = {"detail": detail, "named": named(admission.patient)}
    return form_page(
        request, "patients/leave_return.html", form, back_url=back_to(admission), **told
    )


def _leave(user: User, pk: uuid.UUID) -> LeaveDetail:
    found = LeaveDetail.objects.filter(admission__in=Admission.objects.caring(user))
    detail = found.select_related("leave", "admission").filter(leave=pk).first()
    if detail is None or detail.leave.ends is not None:
        raise Http404
    return detail
