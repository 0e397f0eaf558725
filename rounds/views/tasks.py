"""Setting a task, changing its time or person, and saying what came of it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.policies import signed_in
from lib import london
from lib.addresses import address
from lib.fields import refuse
from patients.models import Admission
from patients.presenters.words import named
from patients.views.acting import form_page
from rounds.actions.tasks import add_course, change_task, complete_task, reopen_task
from rounds.colleagues import clinicians_of
from rounds.forms.tasks import ChangeForm, EndForm, TaskForm
from rounds.models import Task
from rounds.policies import check_can_complete_task
from rounds.views.asking import READ_OR_POST, back, treated

_SOON: Final = dt.timedelta(hours=2)
_BESIDE: Final = {
    name: name for name in ("doses", "every_hours", "assigned_to", "reason", "outcome")
}


def _attempt(form: forms.Form, act: Callable[[], object]) -> bool:
    """False where it was refused; then nothing was written, and the form says why."""
    try:
        act()
    except ValidationError as refused:
        refuse(form, refused, beside=_BESIDE)
        return False
    return True


@require_http_methods(READ_OR_POST)
def task_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """`?again=` is a task that was not done: the same once more, a day later."""
    user, admission = treated(request, pk)
    then = back(request, address("rounds:patient-detail", pk))
    form = TaskForm(
        request.POST or None,
        people=clinicians_of(admission.ward),
        initial=_again(request, admission) | {"token": uuid.uuid4()},
    )
    if form.is_valid() and _attempt(
        form, lambda: add_course(admission=admission, by=user, **form.as_arguments())
    ):
        messages.success(request, f"“{form.cleaned_data['text']}” is to be done.")
        return redirect(then)
    told = {"title": f"New task for {named(admission.patient)}", "back_url": then}
    return form_page(request, "rounds/task_create.html", form, **told)


def _again(request: HttpRequest, admission: Admission) -> dict[str, Any]:
    task = _asked(request, admission)
    if task is None:
        return {"kind": Task.Kind.PHONE, "due_at": timezone.now() + _SOON}
    there = london.wall(task.due_at)
    day = max(there.date(), timezone.localdate()) + dt.timedelta(days=1)
    due_at = london.to_utc(day, there.time())
    again = {"kind": task.kind, "text": str(task)[:240], "assigned_to": task.assigned_to_id}
    return again | {"due_at": due_at}


def _asked(request: HttpRequest, admission: Admission) -> Task | None:
    try:
        pk = uuid.UUID(request.GET.get("again", ""))
    except ValueError:
        return None
    return Task.objects.filter(admission=admission, pk=pk).first()


@require_http_methods(READ_OR_POST)
def task_complete(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, task = _task(request, pk)
    then = back(request, address("rounds:patient-detail", task.admission_id))
    form = EndForm(
        request.POST or None, task=task, initial={"ending": Task.Ending.DONE, "chase": True}
    )
    if form.is_valid() and _end(form, task, user):
        words = Task.Ending(form.cleaned_data["ending"]).label
        messages.success(request, f"“{task}” of {named(task.admission.patient)}: {words}.")
        return redirect(then)
    told = {
        "title": f"{task}: {named(task.admission.patient)}",
        "submit": "Save",
        "back_url": then,
    }
    return form_page(request, "patients/action.html", form, **told)


def _end(form: EndForm, task: Task, user: User) -> bool:
    """Sent twice by the same hand it was done once."""
    if not _attempt(form, lambda: complete_task(task=task, by=user, **form.cleaned_data)):
        task.refresh_from_db(fields=["done_by", "ending", "outcome"])
        ending = form.cleaned_data["ending"]
        said = form.cleaned_data["outcome"].strip() or Task.Ending(ending).label
        return (task.done_by_id, task.ending, task.outcome) == (user.pk, ending, said)
    return True


@require_http_methods(READ_OR_POST)
def task_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, task = _task(request, pk)
    then = back(request, address("rounds:patient-detail", task.admission_id))
    form = ChangeForm(
        request.POST or None,
        people=clinicians_of(task.admission.ward),
        initial={"due_at": task.due_at, "assigned_to": task.assigned_to_id},
    )
    if form.is_valid() and _attempt(
        form, lambda: change_task(task=task, by=user, **form.cleaned_data)
    ):
        messages.success(request, f"“{task}” of {named(task.admission.patient)} is changed.")
        return redirect(then)
    told = {
        "title": f"Change “{task}” of {named(task.admission.patient)}",
        "submit": "Change it",
        "back_url": then,
    }
    return form_page(request, "patients/action.html", form, **told)


@require_POST
def task_reopen(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """What was ended by a slip of the thumb."""
    user, task = _task(request, pk)
    try:
        reopen_task(task=task, by=user)
    except ValidationError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(
            request, f"“{task}” of {named(task.admission.patient)} is to be done again."
        )
    return redirect(back(request, address("rounds:patient-detail", task.admission_id)))


def _task(request: HttpRequest, pk: uuid.UUID) -> tuple[User, Task]:
    user = signed_in(request)
    related = ("admission__patient", "admission__ward__lead_provider", "admission__ward__icb")
    task = get_object_or_404(Task.objects.caring(user).select_related(*related), pk=pk)
    check_can_complete_task(user, task)
    return user, task
