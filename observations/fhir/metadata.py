"""GET metadata, and whatever is no address of ours: both answer strangers too."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from observations.fhir.answers import FhirResponse, base_of, fhir_view
from observations.fhir.mapping import capability
from observations.fhir.mapping.outcomes import fault

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@fhir_view("GET")
def metadata(request: HttpRequest) -> HttpResponse:
    return FhirResponse(capability.statement(base=base_of(request), release=settings.RELEASE))


@fhir_view(*_METHODS)
def unknown(request: HttpRequest) -> HttpResponse:
    raise fault(404, f"There is nothing at {request.path[:200]!r}.")
