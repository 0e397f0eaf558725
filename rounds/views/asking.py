"""What the desk's pages ask first: who is there, and the admission within what they may see."""

from __future__ import annotations

import uuid
from typing import Final

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User
from accounts.policies import signed_in
from lib.by_key import ByKey
from patients.models import Admission, Referral
from patients.policies import can_see_on, check_can_change_care
from patients.views.asking import caring_admission

READ_OR_POST = ["GET", "HEAD", "POST"]
_RELATED = (
    *("patient__lives_in", "spell", "ward__lead_provider", "ward__icb"),
    *("pathway_version__pathway", "responsible_clinician"),
)
_ON_SCREEN: Final = ByKey("on_screen", lambda: Admission.objects.select_related(*_RELATED))


def any_admission(user: User, pk: uuid.UUID) -> Admission:
    """Past ones, too."""
    found = Admission.objects.caring(user).select_related(*_RELATED)
    return get_object_or_404(found.prefetch_related("patient__identifiers"), pk=pk)


def on_screen(user: User, pk: uuid.UUID) -> Admission:
    """The same for a page that reads the identifiers with all the rest; planned once."""
    found = _ON_SCREEN.get(pk)
    if found is None or not can_see_on(user, found.ward):
        raise Http404("No such patient.")
    return found


def back(request: HttpRequest, otherwise: str) -> str:
    """Where the person came from, if that is here."""
    asked = request.GET.get("next", "")
    if asked and url_has_allowed_host_and_scheme(asked, {request.get_host()}):
        return asked
    return otherwise


def treated(request: HttpRequest, pk: uuid.UUID) -> tuple[User, Admission]:
    """A current patient whose care this user may change."""
    user = signed_in(request)
    admission = caring_admission(user, pk)
    check_can_change_care(user, admission)
    return user, admission


def awaited(user: User, pk: uuid.UUID) -> Referral:
    related = ("patient", "pathway", "ward__lead_provider", "ward__icb", "held_bed")
    return get_object_or_404(Referral.objects.caring(user).select_related(*related), pk=pk)
