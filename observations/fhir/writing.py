"""POST: Observations one by one, as a batch, or as a transaction; answered when they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils import timezone

from observations import limits
from observations.actions.exchange import Sender, exchange
from observations.actions.keys import digest_of
from observations.api import bodies
from observations.api.keys import key_of
from observations.fhir import entries, told
from observations.fhir.answers import (
    TYPES,
    FhirResponse,
    base_of,
    fhir_view,
    is_taken,
    prefers,
)
from observations.fhir.entries import Entry
from observations.fhir.mapping import decoding
from observations.fhir.mapping.incoming import Meaning
from observations.fhir.mapping.outcomes import fault
from observations.fhir.observations import observation_search
from observations.fhir.references import names
from observations.fhir.told import Answer
from observations.intake import inbox, pressure
from observations.intake.inbox import RefusedError
from observations.models import DeviceKey

# Each is a patient's judgement made again while no other way in can store a reading.
_MOST_CHANGES: Final = 50


class Key(NamedTuple):
    """A key that holds, and whose it is."""

    digest: bytes
    sender: Sender


@fhir_view("GET", "POST")
def observation_collection(request: HttpRequest) -> HttpResponse:
    """One address for both: what is sent, by a key, and what is searched for, by a person."""
    return _create(request) if request.method == "POST" else observation_search(request)


@fhir_view("POST")
def bundle_process(request: HttpRequest) -> HttpResponse:
    key, now = _key(request), timezone.now()
    bundle = decoding.bundle(_body(request))
    some = entries.several(bundle)
    together = bundle.type == "transaction"
    receipt = _exchange(key, some, now, together=together)
    answers = told.answers(some, base_of(request))
    for entry, answer in zip(some, answers, strict=True):
        entry.error = entry.error or answer.error
    if together:
        entries.raise_first(some)
    whole = prefers(request).get("return") == "representation"
    resource = told.bundle(answers, kind=f"{bundle.type}-response", whole=whole)
    return FhirResponse(resource, headers={"X-Receipt": str(receipt)})


def _create(request: HttpRequest) -> HttpResponse:
    key, now = _key(request), timezone.now()
    entry = entries.single(_body(request), request.headers.get("If-None-Exist", ""))
    receipt = _exchange(key, [entry], now, together=True)
    answer = told.answers([entry], base_of(request))[0]
    if answer.error is not None:
        answer.error.headers["X-Receipt"] = str(receipt)
        raise answer.error
    return _created(request, answer, receipt)


def _created(request: HttpRequest, answer: Answer, receipt: UUID) -> FhirResponse:
    wanted = prefers(request).get("return", "representation")
    body = answer.outcome if wanted == "OperationOutcome" else answer.resource or answer.outcome
    return FhirResponse(
        None if wanted == "minimal" else body,
        status=answer.status,
        headers=answer.headers | {"X-Receipt": str(receipt)},
    )


def _key(request: HttpRequest) -> Key:
    """Raises RefusedError: 401 before anything else, 429 where too much was sent."""
    key = key_of(request)
    gateway_id, digest = inbox.check_key(key), digest_of(key)
    if pressure.sends_too_much(digest):
        raise RefusedError(429, "Too many readings in this minute.", retry_after=60)
    known = DeviceKey.objects.select_related("gateway").get(digest=digest)
    # As the inbox fixes it on an upload that does not say when it was sent.
    offset = known.gateway.clock_offset if known.gateway.recent_offsets else 0.0
    return Key(digest, Sender(gateway_id, known.pk, offset))


def _body(request: HttpRequest) -> bytes:
    announced = bodies.announced_by(request)
    if not is_taken(announced.content_type):
        raise RefusedError(415, f"Send {TYPES[0]}.")
    bodies.check(announced._replace(content_type=bodies.JSON))
    try:
        body = request.read(limits.MAX_BODY + 1)
    except UnreadablePostError:
        raise bodies.cut_short() from None
    if len(body) > limits.MAX_BODY:
        raise bodies.too_large()
    return bodies.plain(body, announced)


def _exchange(key: Key, some: Sequence[Entry], at: datetime, *, together: bool) -> UUID:
    statements = [entry.statement for entry in some if entry.statement is not None]
    if sum(len(statement.parts) for statement in statements) > limits.MAX_READINGS:
        raise fault(413, "There are more than 1,000 readings; send them in parts.")
    changes = [one for one in statements if one.meaning is not Meaning.STORE]
    if len(changes) > _MOST_CHANGES:
        raise fault(413, f"At most {_MOST_CHANGES} corrections at once; send them in parts.")
    gateway_id = key.sender.gateway_id
    known = names([one.who for one in statements], gateway_id=gateway_id, at=at)
    for number, entry in enumerate(some):
        entry.bring(known, 0 if together else number)
    brought = [one for entry in some for one in entry.brought]
    receipt = exchange(sender=key.sender, brought=brought, at=at)
    pressure.kept([(key.digest, gateway_id, len(brought))])
    return receipt
