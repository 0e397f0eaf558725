"""The end-of-stay bundle after the draft standard: all that another system files about a stay.

nhsengland/virtual-wards-draft-standards v1.0 (paused): a collection of Patient, Organization, one
Encounter for the whole stay, a DocumentReference with the letter, and Observations.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1
from typing import Any, Final

from capacity.models import Provider
from capacity.models.stays import Destination
from observations import kinds
from observations.fhir import records
from observations.fhir.mapping import coding
from observations.fhir.mapping.outgoing import Told, instant, observation
from observations.fhir.mapping.versions import versioned
from patients.models import PlanLine
from rounds.fhir import scores
from rounds.patient.summary import Summary

Resource = dict[str, Any]
_PROFILES: Final = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-"
_UUIDS: Final = "https://tools.ietf.org/html/rfc4122"


@dataclass(frozen=True, slots=True)
class Stay:
    """A summary, its readings in the order of measurement, and its letter as PDF."""

    known: Summary
    readings: Sequence[Told]
    letter: bytes


def bundle(stay: Stay, *, base: str) -> Resource:
    """`base` is where the resources with an address of their own are read."""
    admission = stay.known.admission
    told: Resource = {
        "resourceType": "Bundle",
        "id": str(admission.pk),
        "identifier": {"system": _UUIDS, "value": str(admission.pk)},
        "type": "collection",
        "timestamp": instant(stay.known.ended_at),
        "entry": [
            {"fullUrl": url, "resource": _profiled(resource)}
            for url, resource in _entries(stay, base)
        ],
    }
    return _profiled(versioned(told, stay.known.ended_at))


def _entries(stay: Stay, base: str) -> Iterator[tuple[str, Resource]]:
    admission = stay.known.admission
    for resource in (
        records.patient(admission.patient),
        _organisation(admission.ward.lead_provider),
        _encounter(stay.known),
        _document(stay),
    ):
        yield f"{base}/{resource['resourceType']}/{resource['id']}", resource
    yield from _observations(stay, base)


def _observations(stay: Stay, base: str) -> Iterator[tuple[str, Resource]]:
    """The scores that tell the course, what they were made of, and the last of each kind."""
    admission = stay.known.admission
    whose = {
        "patient": f"Patient/{admission.patient_id}",
        "encounter": f"Encounter/{admission.pk}",
    }
    measured: dict[str, Told] = {}
    for score in scores.chosen(stay.known.scores):
        behind = scores.behind(score, stay.readings)
        measured |= {one.public_id: one for one in behind.values()}
        for pk, resource in scores.observations(score, behind, **whose):
            yield pk.urn, resource | {"id": str(pk)}
    last = {one.kind: one for one in stay.readings if not one.error}
    measured |= {one.public_id: one for one in last.values()}
    lines = {line.kind: line for line in stay.known.lines}
    for name, one in measured.items():
        yield f"{base}/Observation/{name}", observation(one) | _thresholds(lines.get(one.kind))


def _thresholds(line: PlanLine | None) -> Resource:
    """Beyond these somebody was told; in force when the stay ended."""
    if line is None or (line.low is None and line.high is None):
        return {}
    own = (line.low, line.high) != (line.default_low, line.default_high)
    text = f"For this patient: {line.reason}" if own else "The pathway\u2019s."
    threshold = {"type": {"text": "alert threshold"}, "text": text}
    return {"referenceRange": [_ends(line) | threshold]}


def _ends(line: PlanLine) -> Resource:
    """Consciousness has words and no numbers: anything but A tells somebody."""
    kind = kinds.KINDS[line.kind]
    if not kind.ucum:
        return {}
    unit = {"unit": kind.unit or "score", "system": coding.UCUM, "code": kind.ucum}
    ends = (("low", line.low), ("high", line.high))
    return {name: {"value": value, **unit} for name, value in ends if value is not None}


def _organisation(provider: Provider) -> Resource:
    return {
        "resourceType": "Organization",
        "id": provider.code,
        "identifier": [{"system": coding.ODS_CODE, "value": provider.code}],
        "name": provider.name,
    }


def _encounter(known: Summary) -> Resource:
    provider = known.admission.ward.lead_provider
    whole = records.encounter(known.admission)
    whole["serviceProvider"]["reference"] = f"Organization/{provider.code}"
    if known.readmission_of is not None:
        whole.setdefault("hospitalization", {})["reAdmission"] = {"text": "Readmission"}
    return whole


def _document(stay: Stay) -> Resource:
    admission = stay.known.admission
    error = admission.destination == Destination.ENTERED_IN_ERROR
    attachment = {
        "contentType": "application/pdf",
        "language": "en-GB",
        "data": b64encode(stay.letter).decode(),
        "size": len(stay.letter),
        # FHIR R4 wants SHA-1 here: it finds a damaged copy and protects nothing.
        "hash": b64encode(sha1(stay.letter, usedforsecurity=False).digest()).decode(),
        "title": "Virtual ward discharge summary",
        "creation": instant(stay.known.ended_at),
    }
    return {
        "resourceType": "DocumentReference",
        "id": str(admission.pk),
        "masterIdentifier": {"system": _UUIDS, "value": str(admission.pk)},
        "status": "entered-in-error" if error else "current",
        "type": {
            "coding": [{"system": coding.LOINC, "code": "18842-5", "display": "Discharge summary"}],
            "text": "Discharge summary",
        },
        "subject": {"reference": f"Patient/{admission.patient_id}"},
        "date": instant(stay.known.ended_at),
        "custodian": {"reference": f"Organization/{admission.ward.lead_provider.code}"},
        "content": [{"attachment": attachment}],
        "context": {"encounter": [{"reference": f"Encounter/{admission.pk}"}]},
    }


def _profiled(resource: Resource) -> Resource:
    """Says which profile of UK Core it follows, in the order that FHIR writes."""
    meta: Mapping[str, Any] = resource.get("meta", {})
    profile = [f"{_PROFILES}{resource['resourceType']}"]
    first = {"resourceType": resource["resourceType"], "id": resource["id"]}
    return first | {"meta": {**meta, "profile": profile}} | _without_meta(resource)


def _without_meta(resource: Resource) -> Resource:
    return {name: value for name, value in resource.items() if name != "meta"}
