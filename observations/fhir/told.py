"""What a sender is told of each Observation that it brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

import msgspec

from observations.actions.exchange import Brought
from observations.attribution import Claim
from observations.draining.uploads import Outcome
from observations.fhir import finding
from observations.fhir.answers import headers_of, information
from observations.fhir.entries import Entry
from observations.fhir.mapping import outgoing
from observations.fhir.mapping.incoming import Statement
from observations.fhir.mapping.outcomes import FaultError, outcome
from observations.fhir.mapping.outgoing import Told
from observations.fhir.mapping.refusals import refused
from observations.fhir.mapping.shapes import Reference

Resource = dict[str, Any]
Key = tuple[int, str, datetime]
_TEXTS: Final = {
    200: "It was here already.",
    201: "Stored.",
    202: "Kept for a person to decide about: nobody is known yet whom it belongs to.",
}
_TAKEN_BACK: Final = "Taken back."
_NOT_HERE_YET: Final = "Nothing of that identifier is here yet; it is not stored when it comes."
_FRESH: Final = frozenset((Outcome.STORED, Outcome.LATE))


@dataclass(slots=True)
class Answer:
    status: int = 200
    outcome: Resource = field(default_factory=dict)
    resource: Resource | None = None
    headers: dict[str, str] = field(default_factory=dict)
    error: FaultError | None = None


def answers(entries: Sequence[Entry], base: str) -> list[Answer]:
    """One for each, in order."""
    keys = {key for entry in entries for one in entry.brought if (key := _key(one)) is not None}
    stored = finding.of_keys(sorted(keys))
    return [_answer(entry, stored, base) for entry in entries]


def bundle(answers: Sequence[Answer], *, kind: str, whole: bool) -> Resource:
    """`whole` tells the resources too."""
    entries = [_line(answer, whole=whole) for answer in answers]
    told: Resource = {"resourceType": "Bundle", "type": kind}
    return told | ({"entry": entries} if entries else {})


def _line(answer: Answer, *, whole: bool) -> Resource:
    error = answer.error
    status = answer.status if error is None else error.status
    response: Resource = {"status": f"{status} {HTTPStatus(status).phrase}"}
    if "Location" in answer.headers:
        response["location"] = answer.headers["Location"]
        response["etag"] = answer.headers["ETag"]
    if answer.resource is not None:
        response["lastModified"] = answer.resource["meta"]["lastUpdated"]
    response["outcome"] = answer.outcome if error is None else outcome(error.issues)
    resource = {"resource": answer.resource} if whole and answer.resource is not None else {}
    return resource | {"response": response}


def _answer(entry: Entry, stored: Mapping[Key, Told], base: str) -> Answer:
    statement = entry.statement
    if statement is None:
        return Answer(error=entry.error)
    error = _error(entry, statement)
    if error is not None:
        return Answer(error=error)
    rows = [stored.get(key) if (key := _key(one)) else None for one in entry.brought]
    status, text = _status(entry.brought)
    resource = _resource(statement, rows) if status != 202 else None
    headers = {}
    if resource is not None:
        headers = headers_of(resource) | {"Location": f"{base}/Observation/{resource['id']}"}
    return Answer(status, information(text), resource, headers)


def _error(entry: Entry, statement: Statement) -> FaultError | None:
    """The worst status of its readings with all their issues."""
    found = [
        refused(one.told.why if one.told else one.taken_back, part.path)
        for one, part in zip(entry.brought, statement.parts, strict=True)
        if one.failed
    ]
    if not found:
        return None
    return FaultError(found[0][0], *(issue for _, issue in found))


def _status(brought: Sequence[Brought]) -> tuple[int, str]:
    if brought[0].takes_back:
        here = any(one.taken_back != "not_found" for one in brought)
        return (200, _TAKEN_BACK) if here else (202, _NOT_HERE_YET)
    if any(not isinstance(one.claim, Claim) for one in brought):
        return 202, _TEXTS[202]
    fresh = any(one.told is not None and one.told.outcome in _FRESH for one in brought)
    return (201, _TEXTS[201]) if fresh else (200, _TEXTS[200])


def _key(one: Brought) -> Key | None:
    """Under which it is stored, if it is."""
    if not isinstance(one.claim, Claim) or one.sent is None:
        return None
    if one.newest is not None and (one.stays or one.takes_back):
        return one.newest.device_id, one.newest.sender_id, one.newest.measured_at
    return one.claim.device_id, one.name, one.sent.measured_at


def _resource(statement: Statement, rows: Sequence[Told | None]) -> Resource | None:
    """As anybody reads it, but with subject and device named as the sender named them."""
    found = {told.kind: told for told in rows if told is not None}
    if not found:
        return None
    if statement.is_panel and found.keys() >= {"systolic", "diastolic"}:
        resource = outgoing.panel(found["systolic"], found["diastolic"])
    else:
        resource = outgoing.observation(next(iter(found.values())))
    for name in ("subject", "encounter", "device"):
        resource.pop(name, None)
    return (
        resource
        | _as_sent("subject", statement.told.subject)
        | _as_sent("device", statement.told.device)
    )


def _as_sent(name: str, told: Reference | None) -> Resource:
    if told is None:
        return {}
    said = {key: value for key, value in msgspec.to_builtins(told).items() if value}
    identifier = said.get("identifier")
    if identifier:
        said["identifier"] = {key: value for key, value in identifier.items() if value}
    return {name: said} if said else {}
