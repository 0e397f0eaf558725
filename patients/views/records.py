"""Putting confused records right: finding them, proposing a change, deciding on another's."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.models import User
from patients.actions.records import (
    approve,
    propose_correction,
    propose_merge,
    propose_unmerge,
    turn_down,
    withdraw_change,
)
from patients.actions.records.proposing import NAMING
from patients.forms.records import CorrectionForm, DecisionForm, JoinForm, TakeApartForm
from patients.models import Patient, RecordChange
from patients.policies import (
    can_decide_change,
    can_withdraw_change,
    check_can_decide_change,
    check_can_keep_records,
)
from patients.presenters.records import ChangePresenter, RecordPresenter, changes, side_by_side
from patients.presenters.words import named
from patients.record_book import changes_of, find_records, perhaps_same, recent_changes, records_of
from patients.views.acting import attempt, form_page
from patients.views.asking import posted, who

READ_OR_POST = ["GET", "HEAD", "POST"]


def _record(request: HttpRequest, pk: uuid.UUID) -> tuple[User, Patient]:
    user = who(request)
    check_can_keep_records(user)
    return user, get_object_or_404(records_of(user), pk=pk)


@require_safe
def record_list(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, and looking for a record; the look is written down."""
    user, at = who(request), timezone.now()
    check_can_keep_records(user)
    asked = request.GET.get("q", "").strip()
    audit.look(request, page="records", subject=user)
    told = changes(recent_changes(user, at=at), at=at)
    shown = {
        "asked": asked,
        "found": [RecordPresenter(one, at=at) for one in find_records(asked, user=user)]
        if asked
        else [],
        "waiting": [one for one in told if one.open],
        "decided": [one for one in told if not one.open],
    }
    return render(request, "patients/record_list.html", shown)


@require_safe
def record_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    user, patient = _record(request, pk)
    at = timezone.now()
    audit.look(request, page="record", subject=patient)
    about = changes_of(user).about(patient)
    shown = {
        "record": RecordPresenter(patient, at=at),
        "perhaps": [RecordPresenter(one, at=at) for one in _perhaps(user, patient)],
        "changes": changes(about, at=at),
        "waits": about.open().exists(),
        "referrals": patient.referrals.select_related("ward").order_by("-referred_at"),
        "joined": _joined(user, patient),
    }
    return render(request, "patients/record_detail.html", shown)


def _perhaps(user: User, patient: Patient) -> list[Patient]:
    return [] if patient.merged_into_id else perhaps_same(patient, Patient.objects.kept_by(user))


def _joined(user: User, patient: Patient) -> list[RecordChange]:
    """Joinings that can be taken apart again."""
    merges = changes_of(user).filter(
        kind=RecordChange.Kind.MERGE, outcome=RecordChange.Outcome.APPROVED, patient=patient
    )
    return [one for one in merges if one.other and one.other.merged_into_id == patient.pk]


@require_http_methods(READ_OR_POST)
def record_correct(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, patient = _record(request, pk)
    known = {name: getattr(patient, name) for name in NAMING}
    form = CorrectionForm(posted(request), initial=known)

    def propose() -> RecordChange:
        return propose_correction(patient=patient, by=user, **form.as_arguments())

    if form.is_valid() and attempt(form, propose):
        return _proposed(request, patient)
    return form_page(
        request,
        "patients/record_correct.html",
        form,
        record=RecordPresenter(patient, at=timezone.now()),
    )


@require_http_methods(READ_OR_POST)
def record_join(request: HttpRequest, pk: uuid.UUID, other: uuid.UUID) -> HttpResponseBase:
    """Both side by side: which is kept is chosen, and why they are one person is told."""
    user, first = _record(request, pk)
    _, second = _record(request, other)
    both = {str(one.pk): one for one in (first, second)}
    form = JoinForm(posted(request), records=[(key, named(one)) for key, one in both.items()])

    def propose() -> RecordChange:
        kept = both[form.cleaned_data["keep"]]
        joined = second if kept is first else first
        return propose_merge(kept=kept, other=joined, reason=form.cleaned_data["reason"], by=user)

    if form.is_valid() and attempt(form, propose):
        return _proposed(request, first)
    return form_page(
        request,
        "patients/record_join.html",
        form,
        record=RecordPresenter(first, at=timezone.now()),
        lines=side_by_side(first, second),
    )


@require_http_methods(READ_OR_POST)
def record_part(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Of a joining, by its id."""
    user = who(request)
    check_can_keep_records(user)
    merges = changes_of(user).filter(kind=RecordChange.Kind.MERGE)
    merge = get_object_or_404(merges, pk=pk)
    form = TakeApartForm(posted(request))

    def propose() -> RecordChange:
        return propose_unmerge(merge=merge, by=user, **form.cleaned_data)

    if form.is_valid() and attempt(form, propose):
        return _proposed(request, merge.patient)
    change = ChangePresenter(merge, at=timezone.now())
    return form_page(request, "patients/record_part.html", form, change=change)


def _proposed(request: HttpRequest, patient: Patient) -> HttpResponseBase:
    messages.success(request, "Proposed. Nothing changes until a second person approves it.")
    return redirect("patients:record-detail", pk=patient.pk)


def _change(request: HttpRequest, pk: uuid.UUID) -> tuple[User, RecordChange]:
    user = who(request)
    check_can_keep_records(user)
    return user, get_object_or_404(changes_of(user), pk=pk)


@require_safe
def change_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    user, change = _change(request, pk)
    audit.look(request, page="record-change", subject=change)
    return _change_page(request, user, change, DecisionForm())


def _change_page(
    request: HttpRequest, user: User, change: RecordChange, form: DecisionForm
) -> HttpResponse:
    return form_page(
        request,
        "patients/change_detail.html",
        form,
        change=ChangePresenter(change, at=timezone.now()),
        may_decide=can_decide_change(user, change),
        may_withdraw=can_withdraw_change(user, change),
    )


@require_POST
def change_approve(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, change = _change(request, pk)
    check_can_decide_change(user, change)
    return _decided(
        request, change, lambda note: approve(change=change, note=note, by=user), "Approved: done."
    )


@require_POST
def change_refuse(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, change = _change(request, pk)
    check_can_decide_change(user, change)
    return _decided(
        request,
        change,
        lambda note: turn_down(change=change, note=note, by=user),
        "Refused: nothing was changed.",
    )


@require_POST
def change_withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    user, change = _change(request, pk)
    return _decided(
        request,
        change,
        lambda note: withdraw_change(change=change, note=note, by=user),
        "Withdrawn: nothing was changed.",
    )


def _decided(
    request: HttpRequest, change: RecordChange, act: Callable[[str], RecordChange], words: str
) -> HttpResponseBase:
    form = DecisionForm(request.POST)
    if form.is_valid() and attempt(form, lambda: act(form.cleaned_data["note"])):
        messages.success(request, words)
        return redirect("patients:record-list")
    change.refresh_from_db()
    return _change_page(request, who(request), change, form)
