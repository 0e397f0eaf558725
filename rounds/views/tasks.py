"""Adding a task, and saying what came of it."""

from __future__ import annotations

import datetime as dt
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policies import signed_in
from patients.presenters.words import named
from patients.views.acting import attempt, form_page
from rounds.actions.tasks import add_task, complete_task
from rounds.colleagues import clinicians_of
from rounds.forms.reviews import OutcomeForm, TaskForm
from rounds.models import Task
from rounds.policies import check_can_complete_task
from rounds.presenters.addresses import address
from rounds.views.asking import READ_OR_POST, treated

_SOON = dt.timedelta(hours=2)


@require_http_methods(READ_OR_POST)
def task_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, admission = treated(request, pk)
    form = TaskForm(
        request.POST or None,
        people=clinicians_of(admission.ward),
        initial={"kind": Task.Kind.PHONE, "due_at": timezone.now() + _SOON},
    )
    if form.is_valid() and attempt(
        form, lambda: add_task(admission=admission, by=user, **form.cleaned_data)
    ):
        messages.success(request, f"“{form.cleaned_data['text']}” is to be done.")
        return redirect("rounds:patient-detail", pk=pk)
    told = {
        "title": f"New task for {named(admission.patient)}",
        "submit": "Add the task",
        "back_url": address("rounds:patient-detail", pk),
    }
    return form_page(request, "patients/action.html", form, **told)


@require_http_methods(READ_OR_POST)
def task_complete(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user = signed_in(request)
    tasks = Task.objects.caring(user).select_related("admission__patient", "admission__ward")
    task = get_object_or_404(tasks, pk=pk)
    check_can_complete_task(user, task)
    form = OutcomeForm(request.POST or None)
    if form.is_valid() and attempt(
        form, lambda: complete_task(task=task, by=user, **form.cleaned_data)
    ):
        messages.success(request, f"“{task.text}” is done.")
        return redirect("rounds:patient-detail", pk=task.admission_id)
    told = {
        "title": f"{task.text}: {named(task.admission.patient)}",
        "submit": "Done",
        "back_url": address("rounds:patient-detail", task.admission_id),
    }
    return form_page(request, "patients/action.html", form, **told)
