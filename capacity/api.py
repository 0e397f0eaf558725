"""Answers of capacity: published months, and an ICB's occupancy now and day by day."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import cast

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from capacity.geography import CannotRestate
from capacity.models import IntegratedCareBoard
from capacity.policies import check_can_see_figures
from capacity.reports import geography, history, now, published
from capacity.reports.leave import leave_rule
from capacity.reports.published import Printed
from capacity.reports.staffed import added, of_one_board, told_of
from capacity.serializers import Occupancy, PublishedLine, RestatedLine
from lib import london

DAYS_UNLESS_SAID = 28
LONGEST_SPAN = dt.timedelta(days=5 * 366)


class PublishedList(APIView):
    """`GET /api/v1/capacity/published/?month=2023-12`: England and each ICB, unpaged, in the
    boundaries of that month; or restated to those of a day, which each line then names."""

    @extend_schema(
        parameters=[
            OpenApiParameter("month", str, description="2023-12; absent: the latest"),
            OpenApiParameter(
                "map",
                dt.date,
                description="a day on which boundaries changed; absent: as published",
            ),
        ],
        responses=PolymorphicProxySerializer(
            component_name="PublishedOrRestated",
            serializers=[PublishedLine, RestatedLine],
            resource_type_field_name=None,
            many=True,
        ),
    )
    def get(self, request: Request) -> Response:
        check_can_see_figures(request.user)
        held = published.months()
        asked = request.query_params.get("month", "")
        month = _month(asked) if asked else (held[-1] if held else None)
        until = _day(request, "map")
        if until is None:
            lines = published.month_lines(month) if month else []
            return Response(PublishedLine(lines, many=True).data)
        lines = _restated(month, until)
        return Response(RestatedLine(lines, many=True, context={"boundaries": until}).data)


class IcbOccupancy(APIView):
    """`GET /api/v1/capacity/icbs/<code>/occupancy/?from=&to=`: what its dashboard shows."""

    @extend_schema(
        parameters=[
            OpenApiParameter("from", dt.date, description="absent: 28 days up to `to`"),
            OpenApiParameter("to", dt.date, description="absent: today in London; included"),
        ],
        responses=Occupancy,
    )
    def get(self, request: Request, code: str) -> Response:
        check_can_see_figures(request.user)
        icb = _visible(request, code)
        at = timezone.now()
        first, last = _span(request, today=london.day_of(at))
        answer = {
            "icb_code": icb.code,
            "name": icb.name,
            "now": _now(icb, at),
            "days": history.icb_mornings(icb, first, last),
        }
        return Response(Occupancy(answer).data)


def _visible(request: Request, code: str) -> IntegratedCareBoard:
    user = cast("User", request.user)  # a stranger was refused before
    return get_object_or_404(IntegratedCareBoard.objects.visible_to(user), code=code)


def _now(icb: IntegratedCareBoard, at: dt.datetime) -> dict[str, object]:
    found = now.icb_now(icb, at)
    total, counts = found.total, found.by_ward()
    staffed = added(of_one_board(told_of(counts, at, london.day_of(at))), counts)
    leave = leave_rule(at)
    told = {"occupancy": leave.count(total).occupancy, "leave_counted": leave.counted}
    return {"at": at, **asdict(total), **told, "staffed": staffed}


def _restated(month: dt.date | None, until: dt.date) -> list[Printed]:
    """England first, as it was; none where the month is not held."""
    maps = geography.maps()
    if until not in maps:
        held = f"on {', '.join(map(str, maps))}" if maps else "on no day that is stated"
        raise ValidationError({"map": f"Boundaries changed {held}."})
    league = published.league(month) if month else None
    if league is None:
        return []
    try:
        (told,) = geography.restated([league], geography.geography(), until)
    except CannotRestate as why:
        raise ValidationError({"map": str(why)}) from why
    return [told.england, *told.icbs]


def _month(asked: str) -> dt.date:
    try:
        return dt.date.fromisoformat(f"{asked}-01")
    except ValueError:
        raise ValidationError({"month": "Written as 2023-12."}) from None


def _span(request: Request, *, today: dt.date) -> tuple[dt.date, dt.date]:
    last = _day(request, "to") or today
    first = _day(request, "from") or last - dt.timedelta(days=DAYS_UNLESS_SAID - 1)
    if first > last:
        raise ValidationError({"from": "Later than `to`."})
    if last - first > LONGEST_SPAN:
        raise ValidationError({"from": "More than five years before `to`."})
    return first, last


def _day(request: Request, name: str) -> dt.date | None:
    asked = request.query_params.get(name, "")
    try:
        return dt.date.fromisoformat(asked) if asked else None
    except ValueError:
        raise ValidationError({name: "Written as 2023-12-21."}) from None
