"""The live ward board: the page, its poll, a row opened in place, and the choice of a ward."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.models import User
from accounts.policies import signed_in
from capacity.models import Ward
from capacity.presence import ward_counts
from lib import fragments
from lib.addresses import address
from patients.models import Admission
from patients.policies import can_see_on, can_treat_on
from rounds.board import Board, Row, board_under, row_of
from rounds.board.head import Head, head
from rounds.board.held import unowned_alerts
from rounds.board.opened import opened
from rounds.board.version import version_of
from rounds.handover.waiting import waiting_for
from rounds.presenters.board import BoardPresenter
from rounds.presenters.board_opened import OpenedPresenter
from rounds.presenters.wards import OfferedPresenter, WardPresenter

PAGE = "rounds/ward_board.html"
FRAGMENT = "rounds/_board.html"


@require_safe
def ward_list(request: HttpRequest) -> HttpResponse:
    """A choice for who works on several wards; straight on for who works on one."""
    at = timezone.now()
    user = signed_in(request)
    wards = Ward.objects.caring(user).open_on(timezone.localdate(at))
    found = list(wards.select_related("lead_provider"))
    if not found:
        raise Http404("You work on no ward.")
    if len(found) == 1:
        return redirect("rounds:ward-board", found[0].code)
    counts, alerts = ward_counts(wards, at), unowned_alerts(wards)
    choices = [WardPresenter(ward, counts[ward.pk], alerts.get(ward.pk, 0)) for ward in found]
    told = {"wards": choices, "offered": [OfferedPresenter(one) for one in waiting_for(user, at)]}
    return render(request, "rounds/ward_list.html", told)


@require_safe
def ward_board(request: HttpRequest, code: str) -> HttpResponse:
    user, at = signed_in(request), timezone.now()
    above = _head(user, code, at)
    version = version_of(above, user, request.GET.urlencode())
    polled = fragments.wants_fragment(request)
    if polled and _is_known(request, version):
        return _told(HttpResponseNotModified(), above.lag)
    audit.look(request, page="rounds:ward-board", subject=above.ward, at=at)
    response = _drawn(request, board_under(above, user=user, version=version))
    if polled:
        response["ETag"] = f'"{version}"'
    return _told(response, above.lag)


@require_safe
def board_row(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What an opened row adds; without JavaScript the whole board with that row open."""
    user, at = signed_in(request), timezone.now()
    admission = get_object_or_404(
        Admission.objects.caring(user).current().select_related("ward__lead_provider", "ward__icb"),
        pk=pk,
    )
    if not fragments.wants_fragment(request):
        url = reverse("rounds:ward-board", args=[admission.ward.code])
        return redirect(f"{url}?open={pk}#board-row-{pk}")
    audit.look(request, page="rounds:board-row", subject=admission, at=at)
    shown = _present(row_of(admission, at=at), may_treat=can_treat_on(user, admission.ward, at=at))
    return render(request, "rounds/_board_opened.html", {"opened": shown})


def _head(user: User, code: str, at: dt.datetime) -> Head:
    """Nobody without a patient there learns that the ward exists."""
    found = head(code, at)
    if found is None or not can_see_on(user, found.ward, at=at):
        raise Http404("No such ward.")
    return found


def _drawn(request: HttpRequest, found: Board) -> HttpResponse:
    shown = BoardPresenter(
        found,
        url=address("rounds:ward-board", found.ward.code),
        user_id=signed_in(request).pk,
        show=request.GET.get("show", ""),
        opened=_opened(request, found),
        token=SimpleLazyObject(lambda: get_token(request)),
    )
    return fragments.render(request, PAGE, {"board": shown}, fragment=FRAGMENT)


def _is_known(request: HttpRequest, version: str) -> bool:
    return request.headers.get("If-None-Match") == f'"{version}"'


def _told(response: HttpResponse, behind: dt.timedelta) -> HttpResponse:
    """Even an unchanged board says how far behind its readings are."""
    response["X-Lag"] = str(int(behind.total_seconds()))
    return response


def _opened(request: HttpRequest, found: Board) -> dict[str, OpenedPresenter]:
    wanted = set(request.GET.getlist("open"))
    rows = [row for row in found.rows if row.admission.pk in wanted]
    for row in rows:
        subject = Admission(pk=row.admission.pk)
        audit.look(request, page="rounds:board-row", subject=subject, at=found.at)
    return {row.admission.pk: _present(row, may_treat=found.may_treat) for row in rows}


def _present(row: Row, *, may_treat: bool) -> OpenedPresenter:
    return OpenedPresenter(opened(row, may_treat=may_treat))
