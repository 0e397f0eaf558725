"""What machines may ask of the clinicians' desk, with the permissions of its pages."""

from __future__ import annotations

from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import audit
from accounts.policies import signed_in
from patients.policies import can_see_on
from rounds.board import board_under
from rounds.board.head import head
from rounds.board.version import version_of
from rounds.serializers import board_as_json


class WardBoard(APIView):
    """Every patient of a ward, in the order in which they need somebody."""

    @extend_schema(responses={200: OpenApiTypes.OBJECT, 401: OpenApiTypes.OBJECT})
    def get(self, request: Request, code: str) -> Response:
        user, at = signed_in(request._request), timezone.now()
        above = head(code, at)
        if above is None or not can_see_on(user, above.ward, at=at):
            raise Http404
        audit.look(request._request, page="api:ward-board", subject=above.ward, at=at)
        version = version_of(above, user)
        tag = {"ETag": f'"{version}"'}
        if request.headers.get("If-None-Match") == tag["ETag"]:
            return Response(status=304, headers=tag)
        told = board_as_json(board_under(above, user=user, version=version))
        return Response(told, headers=tag)
