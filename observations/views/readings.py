"""Readings that are not this patient's, or are wrong: a run of them moved, or struck through."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.policies import signed_in
from observations import limits
from observations.actions.readings import move_readings, strike_readings
from observations.forms.readings import MOVE, CorrectReadingsForm
from observations.policies import check_can_correct_readings
from observations.runs import readings_of, runs_of
from patients.models import Admission
from patients.presenters.words import address, counted, named
from patients.views.acting import form_page


@require_http_methods(["GET", "HEAD", "POST"])
def reading_correct(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, at = signed_in(request), timezone.now()
    caring = Admission.objects.caring(user).select_related("patient", "ward__lead_provider")
    admission = get_object_or_404(caring, pk=pk)
    check_can_correct_readings(user, admission)
    runs = runs_of(admission.pk, at)
    form = CorrectReadingsForm(request.POST or None, runs=runs, others=_others(user, admission))
    if form.is_valid():
        words = _correct(admission, form.cleaned_data, user)
        if words:
            messages.success(request, words)
            return redirect("rounds:patient-detail", pk=admission.pk)
        form.add_error("device", "It measured nothing for this patient then.")
    return form_page(
        request,
        "observations/kit_form.html",
        form,
        title="Whose readings are these?",
        whom=named(admission.patient),
        note="" if runs else "Nothing was measured within the last 35 days.",
        submit=f"Correct readings of {named(admission.patient)}",
        back_url=address("rounds:patient-detail", admission.pk),
    )


def _correct(admission: Admission, given: dict[str, Any], user: User) -> str:
    """What happened, in words; nothing where there was nothing."""
    keys = readings_of(admission.pk, given["device"], given["first"], given["last"])
    if not keys:
        return ""
    if given["decision"] == MOVE:
        to = given["to"]
        many = move_readings(keys=keys, admission=admission, to=to, reason=given["reason"], by=user)
        return f"{counted(many, 'reading is', 'readings are')} {named(to.patient)}’s now."
    many = strike_readings(admission=admission, keys=keys, reason=given["reason"], by=user)
    return f"{counted(many, 'reading is', 'readings are')} struck through."


def _others(user: User, admission: Admission) -> QuerySet[Admission]:
    """The ward's other patients, and those who left since anything of this can have been sent."""
    since = timezone.now() - limits.ACCEPT_WINDOW
    there = Q(discharged_at__isnull=True) | Q(discharged_at__gte=since)
    found = Admission.objects.treating(user).filter(there, ward=admission.ward)
    others = found.exclude(pk=admission.pk).select_related("patient")
    return others.order_by("patient__family_name")
