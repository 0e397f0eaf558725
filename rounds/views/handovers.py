"""Handing a ward over: preparing it, its record, its answer, its history, and the morning after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.models import User
from accounts.policies import signed_in
from capacity.models import Ward
from lib.london import clock
from patients.models import Admission
from patients.policies import can_treat_on, check_can_treat_on
from patients.views.acting import attempt
from patients.views.asking import caring_ward, posted
from rounds.actions.handover_notes import NoteMovedError, save_note
from rounds.actions.handovers import (
    accept_handover,
    decline_handover,
    offer_handover,
    record_outside,
    take_over,
    usual_until,
    withdraw_handover,
)
from rounds.colleagues import clinicians_of
from rounds.forms.handovers import (
    AcceptForm,
    DeclineForm,
    PersonForm,
    ReceiverForm,
    TakeForm,
    person_forms,
)
from rounds.handover.changed import changed
from rounds.handover.prepared import Prepared, prepared
from rounds.models import Handover, HandoverNote
from rounds.presenters.handover_changed import ChangedPresenter
from rounds.presenters.handover_prepare import PreparePresenter
from rounds.presenters.handover_record import ListedPresenter, RecordPresenter
from rounds.presenters.sbar import line
from rounds.views.asking import READ_OR_POST

HISTORY: Final = dt.timedelta(days=30)
_RELATED: Final = (
    *("ward__lead_provider", "ward__icb", "offered_by", "offered_to", "accepted_by"),
    *("declined_by", "withdrawn_by"),
)


@require_http_methods(READ_OR_POST)
def handover_prepare(request: HttpRequest, code: str) -> HttpResponseBase:
    """Everybody on the ward, who takes them, and what a colleague wrote meanwhile."""
    user, at = signed_in(request), timezone.now()
    ward = caring_ward(user, code)
    check_can_treat_on(user, ward, at=at)
    data = _own_copy(request)
    found = prepared(ward, at=at, until=usual_until(ward, at))
    people = person_forms(found.people, data)
    receiver = _receiver_form(data, ward, user, found)
    moved = _save(ward, people, data, user, at) if data is not None else {}
    if data is not None and not moved:
        done = _kept(request, ward) if "save" in data else _offer(request, found, people, receiver)
        if done is not None:
            return done
    audit.look(request, page="rounds:handover-prepare", subject=ward, at=at)
    shown = PreparePresenter(found, people, receiver, moved, user_id=user.pk)
    status = 409 if moved else 422 if data is not None else 200
    told = {"handover": shown, "form": receiver}
    return render(request, "rounds/handover_prepare.html", told, status=status)


@require_POST
def handover_note_save(request: HttpRequest, code: str, admission: UUID) -> HttpResponseBase:
    """For the script: the version that was kept; 409 with a colleague's words."""
    user, at = signed_in(request), timezone.now()
    ward = caring_ward(user, code)
    check_can_treat_on(user, ward, at=at)
    about = get_object_or_404(Admission.objects.caring(user).on(ward).current(), pk=admission)
    form = PersonForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"detail": "No note of this form."}, status=422)
    try:
        note = save_note(
            ward=ward,
            admission=about,
            version=form.cleaned_data["version"] or 0,
            typed=form.typed,
            by=user,
            at=at,
        )
    except NoteMovedError as other:
        return JsonResponse(_told_note(other.note), status=409)
    kept = {"version": note.version if note else 0, "saved": clock(at)}
    return JsonResponse(kept)


@require_safe
def handover_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The record, and what waits for an answer."""
    user = signed_in(request)
    return _record(request, user, _handover(user, pk))


@require_POST
def handover_accept(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    user = signed_in(request)
    found = _handover(user, pk)
    check_can_treat_on(user, found.ward)
    form = AcceptForm(request.POST)
    if form.is_valid() and attempt(
        form, lambda: accept_handover(handover=found, by=user, **form.cleaned_data)
    ):
        messages.success(request, f"You hold {found.ward.name} now.")
        return redirect("rounds:ward-board", found.ward.code)
    return _record(request, user, _handover(user, pk), accept=form)


@require_POST
def handover_decline(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    user = signed_in(request)
    found = _handover(user, pk)
    check_can_treat_on(user, found.ward)
    form = DeclineForm(request.POST)
    if form.is_valid() and attempt(
        form, lambda: decline_handover(handover=found, by=user, **form.cleaned_data)
    ):
        messages.success(request, f"Declined. {found.offered_by.short_name} is told why.")
        return redirect("rounds:handover-detail", pk)
    return _record(request, user, _handover(user, pk), decline=form)


@require_POST
def handover_withdraw(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    user = signed_in(request)
    found = _handover(user, pk)
    check_can_treat_on(user, found.ward)
    try:
        withdraw_handover(handover=found, by=user)
    except ValidationError as refused:
        messages.error(request, refused.message)
        return redirect("rounds:handover-detail", pk)
    messages.success(request, "Withdrawn: the ward stays whose it was.")
    return redirect("rounds:handover-prepare", found.ward.code)


@require_safe
def handover_list(request: HttpRequest, code: str) -> HttpResponse:
    """The last 30 days, newest first."""
    user, at = signed_in(request), timezone.now()
    ward = caring_ward(user, code)
    found = Handover.objects.filter(ward=ward, offered_at__gt=at - HISTORY)
    listed = found.select_related(*_RELATED).prefetch_related("lines").order_by("-offered_at")
    audit.look(request, page="rounds:handover-list", subject=ward, at=at)
    shown = ListedPresenter(ward, listed, at, may_treat=can_treat_on(user, ward, at=at))
    return render(request, "rounds/handover_list.html", {"shown": shown})


@require_http_methods(READ_OR_POST)
def handover_take(request: HttpRequest, code: str) -> HttpResponseBase:
    """What changed since the ward was handed over, and taking it with one press."""
    user, at = signed_in(request), timezone.now()
    ward = caring_ward(user, code)
    check_can_treat_on(user, ward, at=at)
    form = TakeForm(posted(request), initial={"until": usual_until(ward, at)})
    if form.is_valid() and attempt(
        form, lambda: take_over(ward=ward, by=user, **form.cleaned_data)
    ):
        messages.success(request, f"You hold {ward.name} now.")
        return redirect("rounds:ward-board", ward.code)
    audit.look(request, page="rounds:handover-take", subject=ward, at=at)
    shown = ChangedPresenter(changed(ward, at=at), user_id=user.pk)
    status = 422 if form.errors else 200
    return render(
        request, "rounds/handover_take.html", {"shown": shown, "form": form}, status=status
    )


def _handover(user: User, pk: UUID) -> Handover:
    found = Handover.objects.caring(user).select_related(*_RELATED)
    return get_object_or_404(found.prefetch_related("lines__admission__ward"), pk=pk)


def _record(
    request: HttpRequest,
    user: User,
    found: Handover,
    *,
    accept: AcceptForm | None = None,
    decline: DeclineForm | None = None,
) -> HttpResponse:
    at = timezone.now()
    audit.look(request, page="rounds:handover-detail", subject=found.ward, at=at)
    shown = RecordPresenter(
        found, at, user_id=user.pk, may_treat=can_treat_on(user, found.ward, at=at)
    )
    told = {
        "shown": shown,
        "accept": accept or AcceptForm(),
        "decline": decline or DeclineForm(),
        "form": accept or decline,
    }
    return render(
        request, "rounds/handover_detail.html", told, status=422 if accept or decline else 200
    )


def _own_copy(request: HttpRequest) -> QueryDict | None:
    """What was typed; versions in it move as it is saved."""
    data = posted(request)
    return data.copy() if data is not None else None


def _receiver_form(data: QueryDict | None, ward: Ward, user: User, found: Prepared) -> ReceiverForm:
    others = [one for one in clinicians_of(ward, found.at) if one.pk != user.pk]
    initial = {"until": found.until, "accepted_at": found.at}
    return ReceiverForm(data, people=others, initial=initial)


def _save(
    ward: Ward, people: Mapping[UUID, PersonForm], data: QueryDict, user: User, at: dt.datetime
) -> dict[UUID, HandoverNote]:
    """All that was typed is kept first, whatever else is wrong; what colleagues wrote meanwhile."""
    moved: dict[UUID, HandoverNote] = {}
    here = {one.pk: one for one in Admission.objects.on(ward).current().filter(pk__in=people)}
    for pk, form in people.items():
        if not form.is_valid() or form.add_prefix("version") not in data or pk not in here:
            continue
        version = form.cleaned_data["version"] or 0
        try:
            note = save_note(
                ward=ward, admission=here[pk], version=version, typed=form.typed, by=user, at=at
            )
        except NoteMovedError as other:
            note = moved[pk] = other.note
        # Sent again, it is known to have been seen.
        data[form.add_prefix("version")] = str(note.version if note else 0)
    return moved


def _kept(request: HttpRequest, ward: Ward) -> HttpResponseBase:
    messages.success(request, "Kept on the ward. Nobody has been offered it yet.")
    return redirect("rounds:handover-prepare", ward.code)


def _offer(
    request: HttpRequest,
    found: Prepared,
    people: Mapping[UUID, PersonForm],
    form: ReceiverForm,
) -> HttpResponseBase | None:
    """None where it was refused: the form says why."""
    if not (form.is_valid() and all(one.is_valid() for one in people.values())):
        return None
    made: list[Handover] = []
    if not attempt(form, lambda: made.append(_hand_over(request, found, form))):
        return None
    words = f"{found.ward.name} is offered. Until it is accepted, it stays whose it was."
    if made[0].accepted_at:
        words = f"{made[0].receiver_name} holds {found.ward.name} now."
    messages.success(request, words)
    return redirect("rounds:handover-detail", made[0].pk)


def _hand_over(request: HttpRequest, found: Prepared, form: ReceiverForm) -> Handover:
    user, until, at = signed_in(request), form.cleaned_data["until"], timezone.now()
    fresh = prepared(found.ward, at=at, until=until)
    lines = [line(person) for person in fresh.people]
    if form.outside:
        return record_outside(
            ward=found.ward, receiver=form.outside, by=user, lines=lines, until=until, at=at
        )
    to = form.cleaned_data["to"]
    return offer_handover(ward=found.ward, to=to, by=user, lines=lines, until=until, at=at)


def _told_note(note: HandoverNote) -> dict[str, object]:
    return {
        "version": note.version,
        "by": note.saved_by.short_name,
        "saved": clock(note.saved_at),
        "recommendation": note.recommendation,
        "escalate": note.escalate,
        "agreed": note.agreed,
    }
