"""Readings that are not this patient's, or are wrong: a run of them moved, or struck through."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
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
from observations.amends.corrections import Key
from observations.forms.readings import MOVE, CorrectReadingsForm
from observations.policies import check_can_correct_readings
from observations.presenters.readings import CheckPresenter
from observations.runs import Run, readings_of, runs_of
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
    check = _check(form, admission, runs, at) if form.is_valid() else None
    if check and request.POST.get("seen") == check.seen:
        messages.success(request, _correct(admission, form.cleaned_data, user))
        return redirect("rounds:patient-detail", pk=admission.pk)
    return form_page(
        request,
        "observations/reading_correct.html",
        form,
        check=check,
        whom=named(admission.patient),
        runs=runs,
        back_url=address("rounds:patient-detail", admission.pk),
    )


def _check(
    form: CorrectReadingsForm, admission: Admission, runs: Sequence[Run], at: dt.datetime
) -> CheckPresenter | None:
    """What would be corrected; where there is nothing the form says so."""
    given = form.cleaned_data
    keys = _keys(admission, given)
    if not keys:
        form.add_error("device", "It measured nothing for this patient then.")
        return None
    serial = next(run.serial for run in runs if run.device_id == given["device"])
    return CheckPresenter(admission, given, keys, serial=serial, at=at)


def _keys(admission: Admission, given: dict[str, Any]) -> list[Key]:
    return readings_of(admission.pk, given["device"], given["first"], given["last"])


def _correct(admission: Admission, given: dict[str, Any], user: User) -> str:
    """What happened, in words."""
    keys, reason = _keys(admission, given), given["reason"]
    if given["decision"] == MOVE:
        to = given["to"]
        many = move_readings(keys=keys, admission=admission, to=to, reason=reason, by=user)
        return f"{counted(many, 'reading is', 'readings are')} {named(to.patient)}’s now."
    many = strike_readings(admission=admission, keys=keys, reason=reason, by=user)
    return f"{counted(many, 'reading is', 'readings are')} struck through."


def _others(user: User, admission: Admission) -> QuerySet[Admission]:
    """The ward's other patients, and those who left since anything of this can have been sent."""
    since = timezone.now() - limits.ACCEPT_WINDOW
    there = Q(discharged_at__isnull=True) | Q(discharged_at__gte=since)
    found = Admission.objects.treating(user).filter(there, ward=admission.ward)
    others = found.exclude(pk=admission.pk).select_related("patient")
    return others.order_by("patient__family_name")
