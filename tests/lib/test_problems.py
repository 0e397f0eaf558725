"""Every API error is a problem document, and a stranger is told 401."""

import json
from typing import Any

import pytest
from django.http import Http404
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from lib.problems import ProblemResponse, handler


class Failing(APIView):
    authentication_classes = ()
    permission_classes = ()
    error: Exception = Http404()

    def get(self, request: Request) -> Response:
        raise self.error

    def get_exception_handler(self):
        return handler


def answer(error: Exception) -> tuple[Response, dict[str, Any]]:
    response = Failing.as_view(error=error)(APIRequestFactory().get("/"))
    response.render()
    return response, json.loads(response.content)


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (exceptions.NotFound("No such ward."), 404, "No such ward."),
        (exceptions.PermissionDenied(), 403, "You do not have permission to perform this action."),
        (exceptions.NotAuthenticated(), 401, "Authentication credentials were not provided."),
        (exceptions.AuthenticationFailed("Expired."), 401, "Expired."),
        (Http404(), 404, "Not found."),
    ],
)
def test_an_error_is_a_problem_document(error, status, detail):
    response, problem = answer(error)
    assert (response.status_code, problem["status"], problem["detail"]) == (status, status, detail)
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_stranger_is_challenged():
    response, _ = answer(exceptions.NotAuthenticated())
    assert response.headers["WWW-Authenticate"]


def test_what_is_wrong_with_each_field_is_kept():
    _, problem = answer(exceptions.ValidationError({"bed": ["This field is required."]}))
    assert problem["errors"] == {"bed": ["This field is required."]}


def test_a_throttled_sender_is_told_when_to_come_back():
    response, _ = answer(exceptions.Throttled(wait=7))
    assert response.headers["Retry-After"] == "7"


def test_a_fault_of_ours_stays_a_fault():
    with pytest.raises(ZeroDivisionError):
        answer(ZeroDivisionError())


def test_a_plain_view_answers_with_the_same_shape():
    response = ProblemResponse(503, "Too deep a queue.", retry_after=5, depth=9)
    assert json.loads(response.content) == {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "Too deep a queue.",
        "depth": 9,
    }
    assert response["Retry-After"] == "5"
    assert response["Content-Type"] == "application/problem+json"
