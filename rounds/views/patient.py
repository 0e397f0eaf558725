"""The patient's page: whole, or its live parts when it asks for itself."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.policies import signed_in
from lib import fragments
from rounds.board.held import lag
from rounds.patient.charted import SHOWN
from rounds.patient.page import patient_page
from rounds.patient.version import patient_version
from rounds.presenters.patient import PatientPresenter
from rounds.views.asking import any_admission

PAGE = "rounds/patient_detail.html"
FRAGMENT = "rounds/_patient.html"


@require_safe
def patient_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    user, at = signed_in(request), timezone.now()
    admission = any_admission(user, pk)
    behind = int(lag(at).total_seconds())
    query, polled = request.GET.urlencode(), fragments.wants_fragment(request)
    version = patient_version(admission, user, at, query)
    audit.look(request, page="rounds:patient-detail", subject=admission, at=at)
    if polled and request.headers.get("If-None-Match") == f'"{version}"':
        return _told(HttpResponseNotModified(), behind)
    show = request.GET.get("show", "")
    page = patient_page(admission, user=user, at=at, show=show if show in SHOWN else "5d")
    shown = PatientPresenter(
        page,
        url=reverse("rounds:patient-detail", args=[pk]),
        version=version,
        as_table="table" in request.GET,
        timeline="timeline" in request.GET,
        query=query,
    )
    told = {"patient": shown, "polled": polled, "lag": behind}
    response = fragments.render(request, PAGE, told, fragment=FRAGMENT)
    if polled:
        response["ETag"] = f'"{version}"'
    return _told(response, behind)


def _told(response: HttpResponse, behind: int) -> HttpResponse:
    """Even an unchanged page says how far behind its readings are."""
    response["X-Lag"] = str(behind)
    return response
