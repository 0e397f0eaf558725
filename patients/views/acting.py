"""One form, one action: what it refuses stands beside the field, what it did is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from capacity.refusals import BedRefused
from lib.fields import refuse
from patients.actions.agreement import NeedsSenior
from patients.models import Admission
from patients.presenters.words import address

BESIDE: Mapping[str, str] = {
    "senior": "agreed_by",
    "expiry": "expires_at",
    "reason": "reason",
    "until": "until",
    "agreed_with": "agreed_with",
    "day": "day",
    "cause": "cause",
    "ready_since": "ready_since",
    "age": "mode",
    "times": "times",
    "order": "low",
    "range": "low",
    "priority": "priority",
    "flow": "litres_per_minute",
    "told": "must_not_be_told",
    "text": "text",
    "given_by": "given_by",
    "given_with": "given_with",
    "given_at": "given_at",
    "clinician": "clinician",
    "concern": "state",
    "none": "low",
    "why": "why",
    "born": "born",
    "family_name": "family_name",
    "given_name": "given_name",
    "no_number": "nhs_number",
    "number_of_another": "nhs_number",
    "minutes": "minutes",
    "note": "note",
    "version": "version",
    "to": "to",
    "accepted_at": "accepted_at",
    "starts": "starts",
    "gap": "out_of_hours_team",
    "BedTaken": "bed",
    "BedHeld": "bed",
    "BedClosed": "bed",
    "NoBedWithoutReason": "bed",
}


def attempt(form: forms.BaseForm, act: Callable[[], object]) -> bool:
    """False where it was refused: the form then says why."""
    try:
        act()
    except (ValidationError, BedRefused, NeedsSenior) as refused:
        refuse(form, refused, beside=BESIDE)
        return False
    return True


def form_page(
    request: HttpRequest, template: str, form: forms.BaseForm, **told: Any
) -> HttpResponse:
    """422 with errors, so that htmx and a screen reader know it did not go through."""
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, **told}, status=status)


def back_to(admission: Admission) -> str:
    """The patient's page; the ward's beds where that is not installed."""
    beds = reverse("patients:bed-list", kwargs={"code": admission.ward.code})
    return address("rounds:patient-detail", admission.pk) or beds


def done(request: HttpRequest, admission: Admission, words: str) -> HttpResponseBase:
    messages.success(request, words)
    return redirect(back_to(admission))
