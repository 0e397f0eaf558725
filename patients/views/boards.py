"""Putting right whose resident a patient is."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from patients.actions.people import change_patient
from patients.forms.boards import HomeBoardForm
from patients.policies import check_can_change_patient
from patients.presenters.words import named
from patients.views.acting import attempt, form_page
from patients.views.asking import caring_patient, posted, who
from patients.views.people import back_from


@require_http_methods(["GET", "HEAD", "POST"])
def home_board_set(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user = who(request)
    patient = caring_patient(user, pk)
    check_can_change_patient(user, patient)
    form = HomeBoardForm(posted(request), patient=patient)
    if form.is_valid() and attempt(
        form, lambda: change_patient(patient=patient, by=user, **form.cleaned_data)
    ):
        board = form.cleaned_data["home_icb"]
        told = f"{board.code} {board}" if board else "not known"
        messages.success(request, f"{named(patient)}: board of the GP practice, {told}.")
        return redirect(back_from(patient))
    return form_page(
        request,
        "patients/action.html",
        form,
        title="Board of the GP practice",
        submit=f"Record it for {named(patient)}",
        back_url=back_from(patient),
    )
