"""GET /api/v1/admissions/<uuid>/vitals/: an admission's readings, for who cares for the patient."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import audit
from accounts.policies import signed_in
from observations import kinds, limits
from observations.intake import payload
from observations.serializers import VitalLines
from observations.vitals import Vital, vitals
from patients.models import Admission

UNLESS_SAID = dt.timedelta(hours=24)


class AdmissionVitals(APIView):
    """`?from=&to=` as RFC 3339; absent, the last 24 hours. Never paged."""

    @extend_schema(
        parameters=[
            OpenApiParameter("from", dt.datetime, description="included; absent: 24 h before `to`"),
            OpenApiParameter("to", dt.datetime, description="not included; absent: now"),
        ],
        responses=VitalLines,
    )
    def get(self, request: Request, admission: UUID) -> Response:
        user = signed_in(request)
        found = get_object_or_404(Admission.objects.caring(user), pk=admission)
        start, end = _span(request, timezone.now())
        audit.look(request, page="api:admission-vitals", subject=found)
        read = vitals(found.pk, start, end, most=limits.MOST_READINGS + 1)
        if len(read) > limits.MOST_READINGS:
            raise ValidationError({"from": f"More than {limits.MOST_READINGS} readings."})
        return Response({"readings": [_line(vital) for vital in read]})


def _span(request: Request, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    end = _moment(request, "to") or now
    if end < limits.EARLIEST:
        raise ValidationError({"to": "That is before anything was measured."})
    start = _moment(request, "from") or end - UNLESS_SAID
    if start > end:
        raise ValidationError({"from": "from is after to."})
    if end - start > limits.MOST_VITALS:
        raise ValidationError({"from": f"At most {limits.MOST_VITALS.days} days at once."})
    return start, end


def _moment(request: Request, name: str) -> dt.datetime | None:
    told = request.query_params.get(name)
    if not told:
        return None
    # A plus sign that was not escaped arrives as a space.
    at = payload.instant(told[:10] + told[10:].replace(" ", "+"))
    if at is None:
        raise ValidationError({name: "Give a time with its offset, such as 2026-11-21T08:00:00Z."})
    return at


def _line(vital: Vital) -> dict[str, Any]:
    return {
        "public_id": vital.public_id,
        "id": vital.sender_id,
        "device": vital.device,
        "kind": vital.kind,
        "value": vital.number if vital.code is None else vital.code,
        "unit": _unit(vital.kind),
        "measured_at": _told(vital.measured_at),
        "sent_at": None if vital.sent_at is None else _told(vital.sent_at),
        "received_at": _told(vital.received_at),
        "stored_at": _told(vital.stored_at),
    }


def _told(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def _unit(kind: str) -> str:
    """As a device may send it, read back."""
    return "Cel" if kind == "temperature" else kinds.KINDS[kind].unit
