"""The bed board of a ward, and closing and opening its beds."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from capacity.actions.beds import close_bed, reopen_bed
from capacity.models import Bed, Ward
from capacity.policies import can_close_bed, check_can_close_bed
from capacity.presence import ward_counts
from capacity.refusals import BedRefused
from lib import fragments
from lib.fields import refuse
from patients.bed_board import bed_board
from patients.forms.beds import CloseBedForm
from patients.policies import can_treat_on, check_can_look_for_patients
from patients.presenters.beds import BedBoardPresenter
from patients.views.asking import caring_ward, posted, who


@require_safe
def bed_wards(request: HttpRequest) -> HttpResponse:
    """Whose beds: for whoever works on several wards."""
    user = who(request)
    check_can_look_for_patients(user)
    wards = Ward.objects.caring(user)
    counts = ward_counts(wards, timezone.now())
    told = {"wards": [(ward, counts[ward.pk]) for ward in wards]}
    return render(request, "patients/bed_wards.html", told)


@require_safe
def bed_list(request: HttpRequest, code: str) -> HttpResponse:
    user = who(request)
    ward = caring_ward(user, code)
    audit.look(request, page="beds", subject=ward)
    told = {
        "beds": BedBoardPresenter(bed_board(ward, user=user, at=timezone.now())),
        "can_close": can_close_bed(user, ward),
        "can_treat": can_treat_on(user, ward),
    }
    return fragments.render(
        request, "patients/bed_list.html", told, fragment="patients/_bed_board.html"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def bed_close(request: HttpRequest, code: str) -> HttpResponseBase:
    user = who(request)
    ward = caring_ward(user, code)
    check_can_close_bed(user, ward)
    at = timezone.now()
    form = CloseBedForm(posted(request), beds=Bed.objects.free_at(at).filter(ward=ward))
    if form.is_valid():
        try:
            closure = close_bed(**form.as_arguments(), by=user)
        except BedRefused as refused:
            refuse(form, refused, beside={"BedTaken": "bed", "BedClosed": "bed"})
        else:
            messages.success(request, f"Bed {closure.bed.label} is closed. It is no capacity now.")
            return redirect("patients:bed-list", code=ward.code)
    closed = ward.beds.existing(at).filter(closures__ends__isnull=True, closures__isnull=False)
    told = {"form": form, "ward": ward, "closed": closed.distinct()}
    status = 422 if form.errors else 200
    return render(request, "patients/bed_close.html", told, status=status)


@require_POST
def bed_reopen(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    user = who(request)
    ward = caring_ward(user, code)
    check_can_close_bed(user, ward)
    bed = get_object_or_404(ward.beds.all(), pk=pk)
    try:
        reopen_bed(bed=bed, by=user)
    except BedRefused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, f"Bed {bed.label} is open.")
    return redirect("patients:bed-list", code=ward.code)
