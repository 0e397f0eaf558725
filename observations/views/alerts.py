"""A ward's alerts, and what people do about one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
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
from observations.views.asking import caring_admission, caring_alert, caring_ward, shown_at
from observations.watch import standing
from patients.policies import clinicians_on
from patients.presenters.words import address, named

KEPT_IN_SIGHT = dt.timedelta(hours=24)
READ_OR_POST = ["GET", "HEAD", "POST"]
Ready = tuple[User, Alert]


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
    known = known.prefetch_related("triggers", "events__by", "admission__patient__identifiers")
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
    user, alert = _ready(request, pk)
    form = ActForm(request.POST or None)
    return _answer(
        request,
        alert,
        form,
        title="Write what you did",
        act=lambda: actions.act(
            alert=alert, **form.cleaned_data, shown_at=shown_at(request), by=user
        ),
        done="What you did is written down. Close the alert when it is over.",
    )


@require_http_methods(READ_OR_POST)
def alert_escalate(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, alert = _ready(request, pk)
    form = EscalateForm(request.POST or None)
    return _answer(
        request,
        alert,
        form,
        title="Escalate",
        act=lambda: actions.escalate(
            alert=alert, **form.cleaned_data, shown_at=shown_at(request), by=user
        ),
        done="Your call for help is written down. Tell whoever is with the patient.",
    )


@require_http_methods(READ_OR_POST)
def alert_hand_on(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, alert = _ready(request, pk)
    form = HandOnForm(
        request.POST or None, colleagues=clinicians_on(alert.ward_now).exclude(pk=user.pk)
    )
    return _answer(
        request,
        alert,
        form,
        title="Hand on",
        act=lambda: actions.hand_on(
            alert=alert, **form.cleaned_data, shown_at=shown_at(request), by=user
        ),
        done="Handed on. Its new owner finds it among the owned ones.",
    )


@require_http_methods(READ_OR_POST)
def alert_close(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, alert = _ready(request, pk)
    form = ClosingForm(request.POST or None)
    return _answer(
        request,
        alert,
        form,
        title="Close",
        act=lambda: actions.close(
            alert=alert, **form.cleaned_data, shown_at=shown_at(request), by=user
        ),
        done="Closed. The next finding opens another alert.",
    )


@require_http_methods(READ_OR_POST)
def concern_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user = signed_in(request)
    admission = caring_admission(user, pk)
    check_can_raise_concern(user, admission)
    form = ConcernForm(request.POST or None)
    if form.is_valid():
        text = form.cleaned_data["text"]
        try:
            raise_carer_concern(admission=admission, text=text, by=user)
        except ValidationError as refused:
            form.add_error("text", refused)
        else:
            words = f"The concern about {named(admission.patient)} rings. Own it, or phone now."
            messages.success(request, words)
            return redirect("observations:alert-list", code=admission.ward.code)
    told = {
        "form": form,
        "title": "Carer’s concern",
        "whom": named(admission.patient),
        "submit": f"Ring the ward for {named(admission.patient)}",
        "back_url": address("rounds:patient-detail", admission.pk),
    }
    return render(request, "observations/alert_form.html", told, status=_status(form))


def _ready(request: HttpRequest, pk: uuid.UUID) -> Ready:
    user = signed_in(request)
    alert = caring_alert(user, pk)
    check_can_answer(user, alert)
    if alert.admission is not None:
        audit.look(request, page="alert", subject=alert.admission)
    return user, alert


def _answer(
    request: HttpRequest,
    alert: Alert,
    form: forms.Form,
    *,
    title: str,
    act: Callable[[], object],
    done: str,
) -> HttpResponseBase:
    """One form, one action; what it refuses stands on the form, and what was typed stays."""
    if form.is_valid():
        try:
            act()
        except AlertRefusedError as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, f"{_whom(alert)}: {done}")
            return redirect(_back(request, alert))
    told = {
        "form": form,
        "title": title,
        "whom": _whom(alert),
        "alert": AlertPresenter(alert, at=timezone.now(), may_answer=True),
        "call": CallPresenter(alert),
        "submit": f"{title}: {_whom(alert)}",
        "back_url": _back(request, alert),
    }
    return render(request, "observations/alert_form.html", told, status=_status(form))


def _status(form: forms.Form) -> int:
    """422 with errors, so that htmx and a screen reader know it did not go through."""
    return 422 if form.errors else 200


def _whom(alert: Alert) -> str:
    return named(alert.admission.patient) if alert.admission else str(alert.get_kind_display())


def _back(request: HttpRequest, alert: Alert) -> str:
    """Where the person came from, if that is here; else the ward's alerts."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    if asked and url_has_allowed_host_and_scheme(asked, {request.get_host()}):
        return asked
    return address("observations:alert-list", alert.ward_now.code)
