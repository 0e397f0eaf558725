"""What every FHIR address has in common: methods, media types, faults as OperationOutcome."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Final

import msgspec
import structlog
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date, parse_etags
from django.views.decorators.csrf import csrf_exempt

from observations.fhir.mapping.outcomes import FaultError, Issue, fault, outcome
from observations.fhir.mapping.versions import etag_of
from observations.intake import payload
from observations.intake.inbox import RefusedError

Resource = dict[str, Any]
View = Callable[..., HttpResponse]
TYPE: Final = "application/fhir+json"
TYPES: Final = (TYPE, "application/json", "text/json")
_RANGES: Final = frozenset((*TYPES, "*/*", "application/*", "text/*", "json"))
_VERSIONS: Final = frozenset(("", "4.0", "4.0.1"))
_NEVER: Final = re.compile(r"0(\.0*)?")
log = structlog.get_logger(__name__)


class FhirResponse(HttpResponse):
    """A resource, or nothing where nobody asked for one."""

    def __init__(
        self,
        resource: Resource | None,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        body = b"" if resource is None else msgspec.json.encode(resource)
        super().__init__(body, status=status, content_type=f"{TYPE}; charset=utf-8")
        for name, value in (headers or {}).items():
            self[name] = value


def fhir_view(*methods: str) -> Callable[[View], View]:
    """Answers these methods, and nothing but FHIR. Writes need a key, never a session, so there is
    nothing for a forged request to ride on."""

    def wrap(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                _check(request, methods)
                return view(request, *args, **kwargs)
            except Exception as error:  # noqa: BLE001 — each has its answer, a defect of ours too
                return refusal(_as_fault(error))

        return answer

    return wrap


def refusal(error: FaultError) -> FhirResponse:
    return FhirResponse(outcome(error.issues), status=error.status, headers=error.headers)


def shown(request: HttpRequest, resource: Resource) -> FhirResponse:
    """A single resource, unless the reader has this very version."""
    headers = headers_of(resource)
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if "*" in known or _is_known(headers["ETag"], request.headers.get("If-None-Match", "")):
        return FhirResponse(None, status=304, headers=headers)
    return FhirResponse(resource, headers=headers)


def headers_of(resource: Resource) -> dict[str, str]:
    headers = {"ETag": etag_of(resource)}
    updated = payload.instant(resource["meta"].get("lastUpdated"))
    if updated is not None:
        headers["Last-Modified"] = http_date(updated.timestamp())
    return headers


def base_of(request: HttpRequest) -> str:
    return request.build_absolute_uri("/fhir/R4")


def prefers(request: HttpRequest) -> dict[str, str]:
    """`Prefer: return=minimal; handling=lenient`, by name."""
    told = request.headers.get("Prefer", "").replace(",", ";").split(";")
    return {
        name.strip().lower(): value.strip() for name, _, value in (t.partition("=") for t in told)
    }


def information(text: str, code: str = "informational") -> Resource:
    return outcome([Issue(code, text, severity="information")])


def _check(request: HttpRequest, methods: Iterable[str]) -> None:
    allowed = sorted({*methods, *(["HEAD"] if "GET" in methods else [])})
    if request.method not in allowed:
        text = f"{request.method} is not supported here."
        raise fault(405, text, Allow=", ".join(allowed))
    wanted = request.GET.get("_format") or request.headers.get("Accept") or "*/*"
    if not any(_is_ours(one) for one in wanted.split(",")):
        raise fault(406, f"The answer would be {TYPE}.")


def is_taken(content_type: str) -> bool:
    """Whether a body of this type is understood: JSON of this version of FHIR."""
    name, told = _media_type(content_type)
    return name in TYPES and _is_version(told)


def _is_ours(media_range: str) -> bool:
    name, told = _media_type(media_range)
    wanted = _NEVER.fullmatch(told.get("q", "1")) is None
    # In an address a plus sign that was not escaped arrives as a space.
    return name.replace(" ", "+") in _RANGES and _is_version(told) and wanted


def _is_version(told: Mapping[str, str]) -> bool:
    return told.get("fhirversion", "").strip('"') in _VERSIONS


def _media_type(text: str) -> tuple[str, dict[str, str]]:
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    return name, dict(part.partition("=")[::2] for part in parameters)


def _is_known(etag: str, header: str) -> bool:
    """Some clients send the version bare, without the quotes that make it an ETag."""
    return etag in parse_etags(header) or etag[3:-1] == header.strip()


def _as_fault(error: Exception) -> FaultError:
    match error:
        case FaultError():
            return error
        case RefusedError():
            return _refused(error)
        case PermissionDenied():
            return fault(403, str(error) or "You may not do that.")
        case SuspiciousOperation():
            return fault(400, "The request cannot be read.")
        case OperationalError() | InterfaceError():
            # Perhaps it was kept after all: sent again, it is a duplicate and stored once.
            log.error("database_away", exc_info=error)
            return fault(503, "The database cannot answer now; come again.", Retry_After="10")
    log.error("fhir_failed", exc_info=error)
    return fault(500, "Something went wrong here, not with what you sent.")


def _refused(refused: RefusedError) -> FaultError:
    headers = {}
    if refused.retry_after is not None:
        headers["Retry_After"] = str(refused.retry_after)
    if refused.status == 401:
        headers["WWW_Authenticate"] = "Bearer"
    return fault(refused.status, refused.message, **headers)
