"""Codes of other systems: which kind a coding names, and how we code what we send."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from observations import codes, kinds
from observations.codes import Codes
from observations.fhir.mapping.shapes import Coding

LOINC: Final = "http://loinc.org"
SNOMED: Final = "http://snomed.info/sct"
UCUM: Final = "http://unitsofmeasure.org"
NHS_NUMBER: Final = "https://fhir.nhs.uk/Id/nhs-number"
ODS_CODE: Final = "https://fhir.nhs.uk/Id/ods-organization-code"
# Ours: who sends a reading chooses its id, its kit's serial number is printed on it, and a token
# stands for a patient's admission at one supplier.
READING_ID: Final = "urn:x-virtual-wards:reading-id"
SERIAL: Final = "urn:x-virtual-wards:device-serial"
ENROLMENT: Final = "urn:x-virtual-wards:enrolment-token"
LOCAL_NUMBER: Final = "urn:x-virtual-wards:local-number"
SPELL: Final = "urn:x-virtual-wards:spell"
ACVPU: Final = "urn:x-virtual-wards:acvpu"
PANEL: Final = "blood_pressure"

_KNOWN: Final = (
    {(LOINC, code): kind for code, kind in codes.LOINC_KINDS.items()}
    | {(SNOMED, code): kind for code, kind in codes.SNOMED_KINDS.items()}
    | {
        (LOINC, str(codes.BLOOD_PRESSURE_PANEL.loinc)): PANEL,
        (SNOMED, str(codes.BLOOD_PRESSURE_PANEL.snomed)): PANEL,
    }
)
_WORDS: Final = (
    {(SNOMED, str(told.snomed)): letter for letter, told in codes.CONSCIOUSNESS.items()}
    | {(ACVPU, letter): letter for letter in kinds.CONSCIOUSNESS}
    | {(SNOMED, str(codes.ROOM_AIR.snomed)): kinds.AIR}
)
# FHIR's own vital signs want this one beside that of pulse oximetry.
_BESIDE: Final = {"spo2": "2708-6"}


def kinds_of(codings: Iterable[Coding]) -> set[str]:
    """The kinds that these codings name, `PANEL` among them; more than one contradict."""
    return {_KNOWN[key] for one in codings if (key := (one.system, one.code)) in _KNOWN}


def kinds_coded(system: str, code: str) -> set[str]:
    """The kinds for a search token; without a system any will do, and without a code all of it."""
    return {
        kind for (known, one), kind in _KNOWN.items() if code in (one, "") and system in (known, "")
    }


def word_of(codings: Iterable[Coding]) -> str | None:
    """A letter of ACVPU, or that the patient breathes air."""
    return next((_WORDS[key] for c in codings if (key := (c.system, c.code)) in _WORDS), None)


def concept_of(kind: str) -> dict[str, Any]:
    if kind == PANEL:
        return _concept(codes.BLOOD_PRESSURE_PANEL, "Blood pressure")
    told = _concept(codes.KINDS[kind], kinds.KINDS[kind].label)
    if kind in _BESIDE:
        told["coding"].insert(1, {"system": LOINC, "code": _BESIDE[kind]})
    return told


def word_told(code: str) -> dict[str, Any]:
    """How a value that is a word leaves the house."""
    if code == kinds.AIR:
        return _concept(codes.ROOM_AIR, "Breathing room air")
    told = _concept(codes.CONSCIOUSNESS[code], kinds.CONSCIOUSNESS_WORDS[code])
    told["coding"].append({"system": ACVPU, "code": code})
    return told


def _concept(told: Codes, text: str) -> dict[str, Any]:
    """A SNOMED CT code that nobody has checked yet does not leave the house."""
    coding = [{"system": LOINC, "code": told.loinc}] if told.loinc else []
    if told.snomed and told.verified:
        coding.append({"system": SNOMED, "code": told.snomed})
    return {"coding": coding, "text": text}
