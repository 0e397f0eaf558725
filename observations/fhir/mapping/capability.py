"""The CapabilityStatement: what this server understands, open to everybody."""

from __future__ import annotations

from typing import Any, Final

from observations.fhir.mapping.searching import MOST

Resource = dict[str, Any]
_SINCE: Final = "2026-11-22"
_SEARCHED: Final = (
    ("patient", "reference", "Patient/<id>, or patient:identifier with an NHS number"),
    ("subject", "reference", "the same as patient"),
    ("encounter", "reference", "Encounter/<id>: one admission"),
    ("code", "token", "LOINC or SNOMED CT; a blood pressure by its panel or by either half"),
    ("date", "date", "eq, ge, gt, le, lt; London time where no offset is given"),
    ("category", "token", "vital-signs, laboratory, exam, survey"),
    ("_id", "token", "at most twenty"),
)
_READ: Final = (
    ("Patient", "A person in the reader's care."),
    ("Encounter", "One admission to a virtual ward, whole: class HH."),
    ("Device", "Kit of an organisation whose patients the reader may see."),
    ("Location", "A virtual ward, under its code."),
)
_DOCUMENTATION: Final = (
    "Devices' keys (Authorization: Bearer) post Observations; signed-in staff read what is in "
    "their care. status preliminary is stored as final, amended and corrected strike the old "
    "value through, entered-in-error takes it back."
)


def statement(*, base: str, release: str) -> Resource:
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": _SINCE,
        "publisher": "Virtual wards",
        "kind": "instance",
        "software": {"name": "Virtual wards", "version": release},
        "implementation": {"description": "Virtual wards, FHIR R4", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [_rest()],
    }


def _operation() -> Resource:
    """Only its name: FHIR defines no operation for it, and a draft standard its content."""
    return {
        "name": "end-of-stay",
        "definition": "urn:x-virtual-wards:operation:end-of-stay",
        "documentation": "GET Encounter/<id>/$end-of-stay: the stay as a collection Bundle.",
    }


def _rest() -> Resource:
    return {
        "mode": "server",
        "documentation": _DOCUMENTATION,
        "security": {"cors": False, "description": "Bearer keys write; sessions read."},
        "resource": [_observation(), *(_readable(*one) for one in _READ)],
        "operation": [_operation()],
        "interaction": [{"code": "transaction"}, {"code": "batch"}],
    }


def _observation() -> Resource:
    return {
        "type": "Observation",
        "documentation": f"Vital signs. Pages hold at most {MOST}; next links lead on.",
        "interaction": [{"code": code} for code in ("create", "read", "search-type")],
        "versioning": "no-version",
        "conditionalCreate": True,
        "conditionalRead": "not-match",
        "searchParam": [
            {"name": name, "type": kind, "documentation": text} for name, kind, text in _SEARCHED
        ],
    }


def _readable(name: str, text: str) -> Resource:
    return {
        "type": name,
        "documentation": text,
        "interaction": [{"code": "read"}],
        "versioning": "no-version",
        "conditionalCreate": False,
        "conditionalRead": "not-match",
    }
