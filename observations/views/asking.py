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


def caring_ward(user: User, code: str) -> Ward:
    wards = Ward.objects.caring(user).select_related("lead_provider", "icb")
    return get_object_or_404(wards, code=code)


def caring_alert(user: User, pk: uuid.UUID) -> Alert:
    alerts = Alert.objects.caring(user).select_related(
        "ward__lead_provider", "ward__icb", "owner", "admission__patient"
    )
    return get_object_or_404(alerts, pk=pk)


def caring_admission(user: User, pk: uuid.UUID) -> Admission:
    admissions = Admission.objects.caring(user).current()
    related = admissions.select_related("patient", "ward__lead_provider", "ward__icb", "spell")
    return get_object_or_404(related, pk=pk)


def shown_at(request: HttpRequest) -> dt.datetime | None:
    """When the page that was answered had been drawn; None from a page that does not say."""
    return parse_datetime(request.POST.get("shown_at", "").replace(" ", "+"))
