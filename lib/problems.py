"""Errors as `application/problem+json` (RFC 9457), from plain Django and from DRF alike."""

from http import HTTPStatus
from typing import Any, Final

from django.http import JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

CONTENT_TYPE: Final = "application/problem+json"


def body(status: int, detail: str = "", *, title: str = "", **members: Any) -> dict[str, Any]:
    """The members of a problem; `members` are extensions such as `errors`."""
    problem = {"type": "about:blank", "title": title or HTTPStatus(status).phrase, "status": status}
    return problem | ({"detail": detail} if detail else {}) | members


class ProblemResponse(JsonResponse):
    """A problem from a view that does without DRF; `retry_after` is in seconds."""

    def __init__(
        self,
        status: int,
        detail: str = "",
        *,
        title: str = "",
        retry_after: int | None = None,
        **members: Any,
    ) -> None:
        super().__init__(
            body(status, detail, title=title, **members), status=status, content_type=CONTENT_TYPE
        )
        if retry_after is not None:
            self["Retry-After"] = str(retry_after)
        if status == HTTPStatus.UNAUTHORIZED:
            self["WWW-Authenticate"] = "Bearer"


def handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: the same answers as problems; what it does not know stays a 500."""
    response = exception_handler(exc, context)
    if response is None:
        return None
    if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        # DRF says 403 where the first authenticator has no challenge: a stranger is told 401.
        response.status_code = HTTPStatus.UNAUTHORIZED
        response.headers.setdefault("WWW-Authenticate", "Session")
    response.data = _as_problem(response.status_code, response.data)
    response.content_type = CONTENT_TYPE
    return response


def _as_problem(status: int, data: Any) -> dict[str, Any]:
    if isinstance(data, dict) and set(data) <= {"detail", "code"}:
        return body(status, str(data.get("detail", "")))
    return body(status, "Some of what was sent cannot be used.", errors=data)
