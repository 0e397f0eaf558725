"""What machines may ask of the clinicians' desk, with the permissions of its pages."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import audit
from accounts.policies import signed_in
from capacity.models import Ward
from rounds.board import board, board_version
from rounds.serializers import board_as_json


class WardBoard(APIView):
    """Every patient of a ward, in the order in which they need somebody."""

    @extend_schema(responses={200: OpenApiTypes.OBJECT, 401: OpenApiTypes.OBJECT})
    def get(self, request: Request, code: str) -> Response:
        user, at = signed_in(request._request), timezone.now()
        wards = Ward.objects.caring(user).select_related("lead_provider", "icb")
        ward = get_object_or_404(wards, code=code)
        audit.look(request._request, page="api:ward-board", subject=ward, at=at)
        version = board_version(ward, user, at)
        tag = {"ETag": f'"{version}"'}
        if request.headers.get("If-None-Match") == tag["ETag"]:
            return Response(status=304, headers=tag)
        told = board_as_json(board(ward, user=user, at=at, version=version))
        return Response(told, headers=tag)
