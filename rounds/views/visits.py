"""A ward's day out: the page, and sharing several of its tasks to one person."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.policies import signed_in
from lib import london
from lib.addresses import address
from patients.policies import check_can_treat_on
from patients.views.asking import caring_ward
from rounds.actions.tasks import assign_tasks
from rounds.colleagues import clinicians_of
from rounds.forms.tasks import ShareForm
from rounds.policies import can_set_video_link
from rounds.presenters.visits import VisitsPresenter
from rounds.views.asking import back
from rounds.visits.day import day_of_tasks, open_on


@require_safe
def ward_visits(request: HttpRequest, code: str) -> HttpResponse:
    """`?day=` is a date, today without one; `?who=` shows one person's part alone."""
    user, at = signed_in(request), timezone.now()
    ward = caring_ward(user, code)
    found = day_of_tasks(ward, _day(request, at), user=user, at=at)
    audit.look(request, page="rounds:ward-visits", subject=ward, at=at)
    shown = VisitsPresenter(
        found,
        user=user,
        who=request.GET.get("who", ""),
        map_service=settings.MAP_SERVICE,
    )
    told = {
        "visits": shown,
        "people": found.people,
        "video_url": found.video_url,
        "video_edit_url": address("rounds:video-edit", code)
        if can_set_video_link(user, ward, at=at)
        else "",
    }
    return render(request, "rounds/ward_visits.html", told)


@require_POST
def visits_share(request: HttpRequest, code: str) -> HttpResponseBase:
    """What was ticked, to one person; nothing where something is wrong."""
    user, at = signed_in(request), timezone.now()
    ward = caring_ward(user, code)
    check_can_treat_on(user, ward, at=at)
    people = clinicians_of(ward, at)
    form = ShareForm(request.POST, people=people, tasks=open_on(ward, user=user))
    if not form.is_valid():
        wrong = [str(error) for found in form.errors.values() for error in found]
        messages.error(request, " ".join(wrong))
        return redirect(back(request, address("rounds:ward-visits", code)))
    to = form.cleaned_data["assigned_to"]
    try:
        shared = assign_tasks(tasks=form.cleaned_data["task"], to=to, by=user, at=at)
    except ValidationError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _shared(len(shared), to.short_name if to else "anybody"))
    return redirect(back(request, address("rounds:ward-visits", code)))


def _day(request: HttpRequest, at: dt.datetime) -> dt.date:
    asked = request.GET.get("day", "")
    if not asked:
        return london.day_of(at)
    try:
        return dt.date.fromisoformat(asked)
    except ValueError:
        raise Http404("No such day.") from None


def _shared(many: int, who: str) -> str:
    return f"One task is for {who} now." if many == 1 else f"{many} tasks are for {who} now."
