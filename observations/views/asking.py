"""What every page asks first: who is there, and the object within what they may see."""

from __future__ import annotations

import datetime as dt
import uuid

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_datetime

from accounts.models import User
from capacity.models import Ward
from observations.models import Alert
from patients.models import Admission

_LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def caring_ward(user: User, code: str) -> Ward:
    wards = Ward.objects.caring(user).select_related("lead_provider", "icb")
    return get_object_or_404(wards, code=code)


def caring_alert(user: User, pk: uuid.UUID) -> Alert:
    alerts = Alert.objects.caring(user).select_related(
        "ward__lead_provider",
        "ward__icb",
        "owner",
        "admission__patient",
        "admission__ward__lead_provider",
        "admission__ward__icb",
    )
    return get_object_or_404(alerts, pk=pk)


def caring_admission(user: User, pk: uuid.UUID) -> Admission:
    admissions = Admission.objects.caring(user).current()
    related = admissions.select_related("patient", "ward__lead_provider", "ward__icb", "spell")
    return get_object_or_404(related, pk=pk)


def shown_at(request: HttpRequest) -> dt.datetime:
    """The ring that the answered page showed; long ago when it does not say: nothing is covered
    that nobody showed to have seen."""
    told = request.POST.get("shown_at", "").replace(" ", "+")
    try:
        moment = parse_datetime(told)
    except ValueError:
        moment = None
    return moment if moment is not None and moment.tzinfo is not None else _LONG_AGO
