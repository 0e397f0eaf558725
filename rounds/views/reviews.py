"""Writing down a review, and readings told on the phone."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from patients.presenters.words import named
from patients.views.acting import attempt, form_page
from rounds.actions.phoning import phone_readings
from rounds.actions.reviews import review
from rounds.forms.readings import ReadingsForm
from rounds.forms.reviews import ReviewForm
from rounds.presenters.addresses import address
from rounds.views.asking import READ_OR_POST, treated


@require_http_methods(READ_OR_POST)
def review_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, admission = treated(request, pk)
    form = ReviewForm(request.POST or None, initial={"kind": "nurse"})
    if form.is_valid() and attempt(
        form, lambda: review(admission=admission, by=user, **form.cleaned_data)
    ):
        messages.success(request, f"Your review of {named(admission.patient)} is written down.")
        return redirect("rounds:patient-detail", pk=pk)
    told = {"named": named(admission.patient), "back_url": address("rounds:patient-detail", pk)}
    return form_page(request, "rounds/review_create.html", form, **told)


@require_http_methods(READ_OR_POST)
def readings_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, admission = treated(request, pk)
    form = ReadingsForm(request.POST or None, initial={"measured_at": timezone.now()})
    if form.is_valid():
        names = ("values", "measured_at", "said_by", "source", "comment")
        written = {name: form.cleaned_data[name] for name in names}
        if attempt(form, lambda: phone_readings(admission=admission, by=user, **written)):
            messages.success(request, _stored(len(written["values"]), named(admission.patient)))
            return redirect("rounds:patient-detail", pk=pk)
    told = {"named": named(admission.patient), "phone": admission.patient.phone}
    return form_page(
        request,
        "rounds/readings_create.html",
        form,
        back_url=address("rounds:patient-detail", pk),
        **told,
    )


def _stored(count: int, who: str) -> str:
    many = "One reading" if count == 1 else f"{count} readings"
    return f"{many} of {who} {'is' if count == 1 else 'are'} stored and scored."
