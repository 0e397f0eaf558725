"""What is agreed for a patient: limits, times, mode, pause, oxygen, the day to leave."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from patients.actions.care import (
    end_pause,
    expect,
    prescribe_oxygen,
    set_limit,
    set_mode,
    set_pause,
    set_responsible,
    set_times,
    set_usual,
    stop_oxygen,
)
from patients.actions.plans import limit_day
from patients.forms.care import (
    ExpectedForm,
    LimitForm,
    ModeForm,
    OxygenForm,
    PauseForm,
    ResponsibleForm,
    TimesForm,
    UsualForm,
)
from patients.models import Admission, PlanLine
from patients.planned import PLANNED
from patients.policies import check_can_change_care, clinicians_on, is_senior_on, seniors_on
from patients.presenters.words import named
from patients.views.acting import attempt, back_to, done, form_page
from patients.views.asking import caring_admission, posted, who

READ_OR_POST = ["GET", "HEAD", "POST"]


def _checked(request: HttpRequest, pk: uuid.UUID) -> tuple[User, Admission]:
    user = who(request)
    admission = caring_admission(user, pk)
    check_can_change_care(user, admission)
    return user, admission


def _line(admission: Admission, kind: str) -> PlanLine:
    line = admission.plan_lines.at(timezone.now()).filter(kind=kind).first()
    if line is None:
        raise Http404
    return line


@require_http_methods(READ_OR_POST)
def limit_change(request: HttpRequest, pk: uuid.UUID, kind: str) -> HttpResponseBase:
    user, admission = _checked(request, pk)
    line, planned = _line(admission, kind), PLANNED[kind]
    now = {"low": _shown(line.low), "high": _shown(line.high), "priority": line.priority}
    form = LimitForm(posted(request), initial=now, seniors=seniors_on(admission.ward))
    if form.is_valid() and attempt(
        form, lambda: set_limit(admission=admission, kind=kind, by=user, **form.cleaned_data)
    ):
        words = f"The limit of {planned.label} is changed for {named(admission.patient)}."
        return done(request, admission, words)
    told = {
        "line": line,
        "planned": planned,
        "named": named(admission.patient),
        "senior": is_senior_on(user, admission.ward),
        "low": _shown(line.default_low),
        "high": _shown(line.default_high),
    }
    return form_page(
        request, "patients/limit_change.html", form, back_url=back_to(admission), **told
    )


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


@require_http_methods(READ_OR_POST)
def times_change(request: HttpRequest, pk: uuid.UUID, kind: str) -> HttpResponseBase:
    user, admission = _checked(request, pk)
    line = _line(admission, kind)
    form = TimesForm(posted(request), initial=TimesForm.of(line))
    if form.is_valid() and attempt(
        form, lambda: set_times(admission=admission, kind=kind, by=user, **form.cleaned_data)
    ):
        words = f"{PLANNED[kind].label} has new times for {named(admission.patient)}."
        return done(request, admission, words)
    return form_page(
        request,
        "patients/times_change.html",
        form,
        title=f"When to measure: {PLANNED[kind].label}",
        submit=f"Change the times of {named(admission.patient)}",
        back_url=back_to(admission),
    )


@require_http_methods(READ_OR_POST)
def mode_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, admission = _checked(request, pk)
    current = admission.modes.at(timezone.now()).first()
    initial = {"mode": current.mode} if current else {}
    form = ModeForm(posted(request), initial=initial, seniors=seniors_on(admission.ward))
    if form.is_valid() and attempt(
        form, lambda: set_mode(admission=admission, by=user, **form.cleaned_data)
    ):
        return done(request, admission, f"{named(admission.patient)} is judged as you said.")
    return form_page(
        request,
        "patients/action.html",
        form,
        title="How readings are judged",
        submit=f"Change it for {named(admission.patient)}",
        back_url=back_to(admission),
    )


@require_http_methods(READ_OR_POST)
def pause_set(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, admission = _checked(request, pk)
    form = PauseForm(posted(request), seniors=seniors_on(admission.ward))
    if form.is_valid() and attempt(
        form, lambda: set_pause(admission=admission, by=user, **form.cleaned_data)
    ):
        return done(request, admission, f"Readings of {named(admission.patient)} are paused.")
    return form_page(
        request,
        "patients/action.html",
        form,
        title="Pause readings",
        submit=f"Pause {named(admission.patient)}",
        back_url=back_to(admission),
    )


@require_POST
def pause_end(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, admission = _checked(request, pk)
    end_pause(admission=admission, by=user)
    return redirect(back_to(admission))


@require_http_methods(READ_OR_POST)
def oxygen_set(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """0 stops it."""
    user, admission = _checked(request, pk)
    current = admission.oxygen.at(timezone.now()).first()
    initial = {"litres_per_minute": _shown(current.litres_per_minute)} if current else {}
    form = OxygenForm(posted(request), initial=initial)
    if form.is_valid():
        flow = form.cleaned_data["litres_per_minute"]
        _set_oxygen(admission, flow, user)
        words = f"{flow:g} L/min" if flow else "no home oxygen"
        return done(request, admission, f"{named(admission.patient)}: {words} in the plan.")
    return form_page(
        request,
        "patients/oxygen_set.html",
        form,
        title="Home oxygen",
        submit=f"Change it for {named(admission.patient)}",
        back_url=back_to(admission),
    )


def _set_oxygen(admission: Admission, flow: float, user: User) -> None:
    if flow:
        prescribe_oxygen(admission=admission, litres_per_minute=flow, by=user)
    else:
        stop_oxygen(admission=admission, by=user)


@require_http_methods(READ_OR_POST)
def expected_discharge_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, admission = _checked(request, pk)
    form = ExpectedForm(
        posted(request),
        initial=ExpectedForm.of(admission),
        limit=limit_day(admission),
        limit_days=admission.pathway_version.limit_days,
    )
    if form.is_valid() and attempt(
        form, lambda: expect(admission=admission, by=user, **form.cleaned_data)
    ):
        return done(request, admission, f"{named(admission.patient)} has a new day to leave.")
    return form_page(
        request,
        "patients/action.html",
        form,
        title="Expected day to leave",
        submit=f"Change it for {named(admission.patient)}",
        back_url=back_to(admission),
    )


@require_http_methods(READ_OR_POST)
def usual_set(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, admission = _checked(request, pk)
    now = {"usual_news2": admission.usual_news2, "usual_spo2": admission.usual_spo2}
    form = UsualForm(posted(request), initial=now)
    if form.is_valid() and attempt(
        form, lambda: set_usual(admission=admission, by=user, **form.cleaned_data)
    ):
        words = f"What is usual for {named(admission.patient)} stands beside each score."
        return done(request, admission, words)
    return form_page(
        request,
        "patients/usual_set.html",
        form,
        title="What is usual for this patient",
        submit=f"Change it for {named(admission.patient)}",
        back_url=back_to(admission),
    )


@require_http_methods(READ_OR_POST)
def responsible_set(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, admission = _checked(request, pk)
    form = ResponsibleForm(
        posted(request),
        initial={"clinician": admission.responsible_clinician_id},
        people=clinicians_on(admission.ward),
    )
    if form.is_valid() and attempt(
        form, lambda: set_responsible(admission=admission, by=user, **form.cleaned_data)
    ):
        return done(request, admission, f"{named(admission.patient)}: written down.")
    return form_page(
        request,
        "patients/action.html",
        form,
        title="Responsible clinician",
        submit=f"Change it for {named(admission.patient)}",
        back_url=back_to(admission),
    )
