"""Home and safety of one patient: consent and checks, what a visitor must know, the way in."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.models import User
from lib import fragments
from patients.actions.home import record_check, record_home, set_key_safe, show_key_safe
from patients.actions.people import change_patient
from patients.actions.safeguarding import end_safeguarding, note_safeguarding, open_safeguarding
from patients.boards import boards_of
from patients.forms.home import (
    HOME_FORMS,
    EndForm,
    KeySafeForm,
    OpenForm,
    SafeguardingForm,
    check_form,
)
from patients.home import home_page
from patients.models import Admission, Check, HomeRecord, KeySafe
from patients.policies import (
    check_can_change_care,
    check_can_read_safeguarding,
    check_can_see_home,
)
from patients.presenters.boards import board_line
from patients.presenters.home import HomePresenter, Line, SafeguardingPresenter
from patients.presenters.words import address, named
from patients.views.acting import attempt, form_page
from patients.views.asking import caring_admission, posted, who

READ_OR_POST = ["GET", "HEAD", "POST"]
State = HomeRecord.State


def _checked(request: HttpRequest, pk: uuid.UUID) -> tuple[User, Admission]:
    user = who(request)
    admission = caring_admission(user, pk)
    check_can_change_care(user, admission)
    return user, admission


def _restricted(request: HttpRequest, pk: uuid.UUID) -> tuple[User, Admission]:
    user = who(request)
    admission = caring_admission(user, pk)
    check_can_read_safeguarding(user, admission)
    return user, admission


def _told(admission: Admission, user: User) -> dict[str, Any]:
    shown = HomePresenter(home_page(admission, user=user), at=timezone.now())
    return {
        "home": shown,
        "admission": admission,
        "care": [*shown.care, _resident(admission, shown)],
    }


def _resident(admission: Admission, shown: HomePresenter) -> Line:
    patient = admission.patient
    url = address("patients:home-board-set", patient.pk) if shown.may_see else ""
    return board_line(boards_of(patient), url=url)


@require_safe
def home_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    user = who(request)
    admission = caring_admission(user, pk)
    audit.look(request, page="patients:home-detail", subject=admission)
    return render(request, "patients/home_detail.html", _told(admission, user))


def _done(request: HttpRequest, admission: Admission, words: str) -> HttpResponseBase:
    messages.success(request, words)
    return redirect("patients:home-detail", pk=admission.pk)


def _page(
    request: HttpRequest, admission: Admission, form: Any, *, title: str, **told: Any
) -> HttpResponse:
    told.setdefault("submit", f"Record it for {named(admission.patient)}")
    template = told.pop("template", "patients/action.html")
    back = HomePresenter.address_of(admission)
    return form_page(request, template, form, title=title, back_url=back, **told)


@require_http_methods(READ_OR_POST)
def check_record(request: HttpRequest, pk: uuid.UUID, topic: str) -> HttpResponseBase:
    user, admission = _checked(request, pk)
    known = admission.checks.current().filter(topic=topic).first()
    form = check_form(topic, posted(request))
    form.initial = form.of(known)
    label = str(Check.Topic(topic).label)
    if form.is_valid() and attempt(
        form, lambda: record_check(admission=admission, topic=topic, by=user, **form.cleaned_data)
    ):
        return _done(request, admission, f"{label} of {named(admission.patient)}: recorded.")
    return _page(request, admission, form, title=label)


@require_http_methods(READ_OR_POST)
def home_record(request: HttpRequest, pk: uuid.UUID, topic: str) -> HttpResponseBase:
    user, admission = _checked(request, pk)
    patient = admission.patient
    known, kind = patient.home_records.current().filter(topic=topic).first(), HOME_FORMS[topic]
    form = kind(posted(request), initial=kind.of(known, patient))
    label = str(HomeRecord.Topic(topic).label)
    if form.is_valid() and attempt(
        form, lambda: _record(admission, topic, form.cleaned_data, user)
    ):
        return _done(request, admission, f"{label} of {named(patient)}: recorded.")
    return _page(request, admission, form, title=label)


def _record(admission: Admission, topic: str, typed: dict[str, Any], by: User) -> None:
    said = dict(typed)
    language = said.pop("language", None)
    record_home(patient=admission.patient, topic=topic, by=by, **said)
    if language is not None and language != admission.patient.language:
        change_patient(patient=admission.patient, language=language, by=by)


@require_http_methods(READ_OR_POST)
def key_safe_set(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The code that is known is not put into the box: whoever wants it, shows it."""
    user, admission = _checked(request, pk)
    form = KeySafeForm(posted(request))
    if form.is_valid() and attempt(form, lambda: _set_safe(admission, form.cleaned_data, user)):
        return _done(request, admission, f"Key safe of {named(admission.patient)}: recorded.")
    return _page(request, admission, form, title="Key safe")


def _set_safe(admission: Admission, typed: dict[str, Any], by: User) -> KeySafe:
    there = typed["state"] == State.RECORDED
    code = typed["code"] if there else ""
    return set_key_safe(patient=admission.patient, code=code, place=typed["place"], by=by)


@never_cache
@require_POST
def key_safe_show(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The answer to this POST is the only page that holds the code, and nothing keeps it."""
    user = who(request)
    admission = caring_admission(user, pk)
    check_can_see_home(user, admission)
    safe = show_key_safe(admission=admission, by=user)
    told = _told(admission, user) | {"safe": safe}
    response = fragments.render(
        request, "patients/home_detail.html", told, fragment="patients/_key_safe.html"
    )
    response["Cache-Control"] = "no-store, private"
    return response


@require_http_methods(READ_OR_POST)
def safeguarding_open(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asks why; the answer to the POST is the only page that holds it, and nothing keeps it."""
    user, admission = _restricted(request, pk)
    form = OpenForm(posted(request))
    told: dict[str, Any] = {"admission": admission, "named": named(admission.patient)}
    told |= {"back_url": HomePresenter.address_of(admission)}
    if form.is_valid():
        notes = open_safeguarding(admission=admission, reason=form.reason, by=user)
        told["safeguarding"] = SafeguardingPresenter(admission, notes)
    response = form_page(request, "patients/safeguarding_open.html", form, **told)
    response["Cache-Control"] = "no-store, private"
    return response


@require_http_methods(READ_OR_POST)
def safeguarding_write(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, admission = _restricted(request, pk)
    form = SafeguardingForm(posted(request))
    if form.is_valid() and attempt(form, lambda: _write(admission, form.cleaned_data, user)):
        return _done(request, admission, f"Safeguarding of {named(admission.patient)}: written.")
    return _page(request, admission, form, title="Safeguarding")


def _write(admission: Admission, typed: dict[str, Any], by: User) -> None:
    none = typed["state"] == State.NONE
    note_safeguarding(
        admission=admission, text=typed["text"], told_to=typed["told_to"], none=none, by=by
    )


@require_http_methods(READ_OR_POST)
def safeguarding_end(request: HttpRequest, pk: uuid.UUID, note: int) -> HttpResponseBase:
    user, admission = _restricted(request, pk)
    found = get_object_or_404(admission.patient.safeguarding_notes.in_force(), pk=note)
    form = EndForm(posted(request))
    if form.is_valid() and attempt(
        form,
        lambda: end_safeguarding(note=found, admission=admission, by=user, **form.cleaned_data),
    ):
        return _done(request, admission, "The note is ended, and stays on the record.")
    title = SafeguardingPresenter.title_of(found)
    return _page(request, admission, form, title=title, submit="End this note")
