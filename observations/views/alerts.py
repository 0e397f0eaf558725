"""A ward's alerts, and what people do about one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Final, NamedTuple

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.models import User
from accounts.policies import signed_in
from capacity.models import Ward
from lib import fragments
from observations.actions import alerts as actions
from observations.actions.alerts import AlertRefusedError
from observations.actions.concerns import raise_carer_concern
from observations.forms.alerts import ActForm, ClosingForm, ConcernForm, EscalateForm, HandOnForm
from observations.models import Alert, DueTime, UnclaimedReading
from observations.policies import (
    can_treat,
    check_can_answer,
    check_can_raise_concern,
)
from observations.presenters.alerts import AlertListPresenter, AlertPresenter, CallPresenter
from observations.views.acting import attempt
from observations.views.asking import caring_admission, caring_alert, caring_ward, shown_at
from observations.watch import standing
from patients.policies import clinicians_on
from patients.presenters.words import address, named
from patients.views.acting import form_page

KEPT_IN_SIGHT = dt.timedelta(hours=24)
READ_OR_POST = ["GET", "HEAD", "POST"]


class Answer(NamedTuple):
    """What can be said to an alert: a form, the action behind it, and the words of both."""

    title: str
    form: type[forms.Form]
    act: Callable[..., Alert]
    done: str


ACT: Final = Answer(
    "Write what you did",
    ActForm,
    actions.act,
    "What you did is written down. Close the alert when it is over.",
)
ESCALATE: Final = Answer(
    "Escalate",
    EscalateForm,
    actions.escalate,
    "Your call for help is written down. Tell whoever is with the patient.",
)
HAND_ON: Final = Answer(
    "Hand on",
    HandOnForm,
    actions.hand_on,
    "Handed on. Its new owner finds it among the owned ones.",
)
CLOSE: Final = Answer(
    "Close",
    ClosingForm,
    actions.close,
    "Closed. The next finding opens another alert.",
)


@require_safe
def alert_list(request: HttpRequest, code: str) -> HttpResponse:
    user = signed_in(request)
    ward = caring_ward(user, code)
    audit.look(request, page="alerts", subject=ward)
    told = _told(user, ward)
    response = fragments.render(
        request, "observations/alert_list.html", told, fragment="observations/_alert_list.html"
    )
    response["X-Lag"] = str(told["lag"])
    return response


def _told(user: User, ward: Ward, **more: object) -> dict[str, object]:
    at = timezone.now()
    behind = int(standing.lag(at).total_seconds())
    strays = UnclaimedReading.objects.caring(user).open().filter(ward=ward).count()
    listed = _list(user, ward, at)
    return {"ward": ward, "list": listed, "lag": behind, "unclaimed": strays, **more}


def _list(user: User, ward: Ward, at: dt.datetime) -> AlertListPresenter:
    known = Alert.objects.caring(user).on(ward)
    known = known.select_related("owner", "closed_by", "admission__patient", "ward")
    of_patient = ("identifiers", "safety_records", "contacts", "home_records")
    known = known.prefetch_related(
        "triggers", "events__by", *(f"admission__patient__{name}" for name in of_patient)
    )
    closed = known.filter(closed_at__gt=at - KEPT_IN_SIGHT).order_by("-closed_at")
    opened = list(known.open())
    overdue = DueTime.objects.filter(
        admission__in={one.admission_id for one in opened} - {None}, silent_at__lte=at
    )
    return AlertListPresenter(
        opened,
        list(closed),
        at=at,
        may_answer=can_treat(user, ward),
        silent=set(overdue.values_list("admission_id", flat=True)),
    )


@require_POST
def alert_acknowledge(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, alert = _ready(request, pk)
    level, words = messages.SUCCESS, f"You own this alert: {_whom(alert)}. Write what you do."
    try:
        actions.acknowledge(alert=alert, shown_at=shown_at(request), by=user)
    except AlertRefusedError as refused:
        level, words = messages.ERROR, refused.message
    if request.headers.get("HX-Target") == "alert-list" and fragments.wants_fragment(request):
        told = _told(user, alert.ward_now, said=words)
        return render(request, "observations/_alert_list.html", told)
    messages.add_message(request, level, words)
    return redirect(_back(request, alert))


@require_http_methods(READ_OR_POST)
def alert_act(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    return _answer(request, pk, ACT)


@require_http_methods(READ_OR_POST)
def alert_escalate(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    return _answer(request, pk, ESCALATE)


@require_http_methods(READ_OR_POST)
def alert_hand_on(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    return _answer(request, pk, HAND_ON)


@require_http_methods(READ_OR_POST)
def alert_close(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    return _answer(request, pk, CLOSE)


@require_http_methods(READ_OR_POST)
def concern_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user = signed_in(request)
    admission = caring_admission(user, pk)
    check_can_raise_concern(user, admission)
    form = ConcernForm(request.POST or None)
    whom = named(admission.patient)
    if form.is_valid() and attempt(
        form, lambda: raise_carer_concern(admission=admission, **form.cleaned_data, by=user)
    ):
        messages.success(request, f"The concern about {whom} rings. Own it, or phone now.")
        return redirect("observations:alert-list", code=admission.ward.code)
    return form_page(
        request,
        "observations/alert_form.html",
        form,
        title="Carer’s concern",
        whom=whom,
        submit=f"Ring the ward for {whom}",
        back_url=address("rounds:patient-detail", admission.pk),
    )


def _ready(request: HttpRequest, pk: uuid.UUID) -> tuple[User, Alert]:
    user = signed_in(request)
    alert = caring_alert(user, pk)
    check_can_answer(user, alert)
    if alert.admission is not None:
        audit.look(request, page="alert", subject=alert.admission)
    return user, alert


def _form(request: HttpRequest, form: type[forms.Form], alert: Alert, by: User) -> forms.Form:
    if form is HandOnForm:
        colleagues = clinicians_on(alert.ward_now).exclude(pk=by.pk)
        return HandOnForm(request.POST or None, colleagues=colleagues)
    return form(request.POST or None)


def _answer(request: HttpRequest, pk: uuid.UUID, answer: Answer) -> HttpResponseBase:
    """One form, one action; what it refuses stands on the form, and what was typed stays."""
    user, alert = _ready(request, pk)
    form, seen = _form(request, answer.form, alert, user), shown_at(request)
    if form.is_valid() and attempt(
        form, lambda: answer.act(alert=alert, **form.cleaned_data, shown_at=seen, by=user)
    ):
        messages.success(request, f"{_whom(alert)}: {answer.done}")
        return redirect(_back(request, alert))
    return form_page(
        request,
        "observations/alert_form.html",
        form,
        title=answer.title,
        whom=_whom(alert),
        alert=AlertPresenter(alert, at=timezone.now(), may_answer=True),
        call=CallPresenter(alert),
        submit=f"{answer.title}: {_whom(alert)}",
        back_url=_back(request, alert),
    )


def _whom(alert: Alert) -> str:
    return named(alert.admission.patient) if alert.admission else str(alert.get_kind_display())


def _back(request: HttpRequest, alert: Alert) -> str:
    """Where the person came from, if that is here; else the ward's alerts."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    if asked and url_has_allowed_host_and_scheme(asked, {request.get_host()}):
        return asked
    return address("observations:alert-list", alert.ward_now.code)
