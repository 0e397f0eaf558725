"""From what a sender posted to what is asked of the house, one entry an Observation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from observations.actions.exchange import Brought
from observations.fhir.mapping import decoding
from observations.fhir.mapping.incoming import Meaning, Statement, understood
from observations.fhir.mapping.outcomes import FaultError, Issue, fault
from observations.fhir.mapping.shapes import Bundle, Identifier, Observation
from observations.fhir.mapping.shapes import Entry as Posted
from observations.fhir.references import Names

_NOT_OURS: Final = "Only Observations are taken."


@dataclass(slots=True)
class Entry:
    """One Observation, or why it is none; `path` is where it stands in what was posted."""

    path: str
    statement: Statement | None = None
    once: bool = False
    error: FaultError | None = None
    brought: list[Brought] = field(default_factory=list)

    def bring(self, names: Names, group: int) -> None:
        statement = self.statement
        if statement is None:
            return
        device, patient = names.device(statement.who), names.patient(statement.who)
        self.brought = [
            Brought(
                statement.item(part, device, patient),
                group,
                amends=statement.meaning is Meaning.AMEND,
                takes_back=statement.meaning is Meaning.TAKE_BACK,
                once=self.once,
            )
            for part in statement.parts
        ]


def single(body: bytes, if_none_exist: str) -> Entry:
    """Raises FaultError."""
    return _entry("Observation", decoding.observation(body), if_none_exist)


def several(bundle: Bundle) -> list[Entry]:
    """Of a batch each for itself; of a transaction the first fault is all that is told."""
    if bundle.type not in ("batch", "transaction"):
        text = "A Bundle sent here is a batch or a transaction."
        raise FaultError(400, Issue("value", text, "Bundle.type"))
    entries = list(_entries(bundle.entry))
    if bundle.type == "transaction":
        raise_first(entries)
    return entries


def raise_first(entries: Sequence[Entry]) -> None:
    for entry in entries:
        if entry.error is not None:
            raise entry.error.within(entry.path)


def _entries(posted: Sequence[Posted]) -> Iterator[Entry]:
    for number, one in enumerate(posted):
        path = f"Bundle.entry[{number}].resource"
        try:
            yield _posted(one, path)
        except FaultError as error:
            yield Entry(path, error=error)


def _posted(posted: Posted, path: str) -> Entry:
    """Raises FaultError."""
    request = posted.request
    if request.method != "POST":
        status = 403 if request.method in ("GET", "HEAD") else 405
        raise fault(status, "A device's key only posts: it neither reads nor changes.")
    if request.url.strip("/") != "Observation":
        raise fault(404, _NOT_OURS)
    told = decoding.observation(bytes(posted.resource) or b"{}")
    return _entry(path, told, request.if_none_exist)


def _entry(path: str, told: Observation, if_none_exist: str) -> Entry:
    if if_none_exist:
        told = _named(told, if_none_exist)
    return Entry(path, understood(told), once=bool(if_none_exist))


def _named(told: Observation, criteria: str) -> Observation:
    """With the identifier that the criteria name first, for by that it is stored."""
    asked = parse_qsl(criteria.removeprefix("?"), keep_blank_values=True)
    if len(asked) != 1 or asked[0][0] != "identifier":
        raise fault(412, "Only identifier=system|value can be asked for.")
    system, _, value = asked[0][1].rpartition("|")
    own = [one for one in told.identifier if one.value == value and system in ("", one.system)]
    if not value or (told.identifier and not own):
        text = "If-None-Exist names an identifier that the Observation does not have."
        raise FaultError(400, Issue("value", text, "Observation.identifier"))
    first = own[0] if own else Identifier(system, value)
    others = [one for one in told.identifier if one is not first]
    told.identifier = [first, *others]
    return told
