"""Readings as Observations: each by itself, or the pressures of an instant as one panel."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from observations import kinds
from observations.amends.corrected import base_of, number_of
from observations.fhir.mapping import coding
from observations.fhir.mapping.versions import versioned
from observations.vitals import public_id

Resource = dict[str, Any]
PRESSURES: Final = ("systolic", "diastolic")
# A panel is named after its systolic pressure, or the one that there is.
PANEL_SUFFIX: Final = "-bp"
_CATEGORIES: Final = {"glucose": "laboratory", "peak_flow": "exam", "pain": "survey"}
CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
_ABSENT: Final = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_UNUSABLE: Final = 3
_SOURCES: Final = {2: "By the patient's app", 3: "Told by phone", 4: "Taken on a visit"}
_CONTEXTS: Final = {2: "Measured on exertion.", 3: "Measured after treatment."}
_QUALITIES: Final = {
    2: "Poor quality: joins no score.",
    _UNUSABLE: "Unusable: the value is no value.",
}


class Told(NamedTuple):
    """A stored reading, as far as an Observation tells it."""

    device_id: int
    sender_id: str
    kind: str
    number: float
    code: str | None
    measured_at: datetime
    stored_at: datetime
    source: int = 1
    quality: int = 1
    context: int = 1
    error: bool = False
    comment: str | None = None
    reported_by: str | None = None
    admission_id: UUID | None = None
    patient_id: UUID | None = None
    serial: str | None = None

    @property
    def public_id(self) -> str:
        return public_id(self.device_id, self.sender_id, self.measured_at)


def observation(told: Told) -> Resource:
    """One reading by itself."""
    own = _frame(told, told.public_id, told.kind, base_of(told.sender_id))
    return versioned(own | _value(told), told.stored_at)


def panel(first: Told, other: Told | None = None) -> Resource:
    """Two pressures of one device and instant, the systolic first; or one, and that the other is
    absent."""
    halves = {one.kind: one for one in (first, other) if one is not None}
    own = _frame(first, f"{first.public_id}{PANEL_SUFFIX}", coding.PANEL, _stem(first))
    corrected = any(_number(one) > 1 for one in halves.values())
    if corrected and not first.error:
        own["status"] = "corrected"
    own["component"] = [
        {"code": coding.concept_of(kind)}
        | (_value(halves[kind]) if kind in halves else _absent("unknown"))
        for kind in PRESSURES
    ]
    return versioned(own, max(one.stored_at for one in halves.values()))


def other_half(systolic: Told, others: Iterable[Told]) -> Told | None:
    """The diastolic pressure that belongs to it: of the same sending, or the only one there is.

    Among ones that were corrected or struck through it is the last that stood beside this one.
    """
    same = [one for one in others if _moment(one) == _moment(systolic)]
    below = [one for one in same if one.kind == "diastolic"]
    own = [one for one in below if _stem(one) == _stem(systolic)]
    if not own:
        return below[0] if len(below) == 1 and len(same) == 2 else None
    above = (one for one in same if one.kind == "systolic" and _stem(one) == _stem(systolic))
    later = [one.stored_at for one in above if one.stored_at > systolic.stored_at]
    beside = [one for one in own if not later or one.stored_at < min(later)]
    return max(beside or own, key=lambda one: one.stored_at)


def _stem(told: Told) -> str:
    """What both halves of a panel have in common; nobody's, where they were not sent as one."""
    stem, dot, kind = base_of(told.sender_id).rpartition(".")
    return stem if dot and kind == told.kind else told.sender_id


def _number(told: Told) -> int:
    return number_of(told.sender_id)


def _status(told: Told) -> str:
    if told.error:
        return "entered-in-error"
    return "corrected" if _number(told) > 1 else "final"


def category_of(kind: str) -> str:
    return _CATEGORIES.get(kind, "vital-signs")


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _moment(told: Told) -> tuple[int, datetime, UUID | None]:
    return told.device_id, told.measured_at, told.admission_id


def _frame(told: Told, name: str, kind: str, sender_id: str) -> Resource:
    """All but the value."""
    category = {"system": CATEGORY, "code": category_of(kind)}
    own: Resource = {
        "resourceType": "Observation",
        "id": name,
        "identifier": [{"system": coding.READING_ID, "value": sender_id}],
        "status": _status(told),
        "category": [{"coding": [category]}],
        "code": coding.concept_of(kind),
        "effectiveDateTime": instant(told.measured_at),
        "issued": instant(told.stored_at),
    }
    return own | _whose(told) | _remarks(told)


def _whose(told: Told) -> Resource:
    own: Resource = {}
    if told.patient_id is not None:
        own["subject"] = {"reference": f"Patient/{told.patient_id}"}
        own["encounter"] = {"reference": f"Encounter/{told.admission_id}"}
    if told.serial:
        serial = {"system": coding.SERIAL, "value": told.serial}
        own["device"] = {"reference": f"Device/{told.device_id}", "identifier": serial}
    return own


def _remarks(told: Told) -> Resource:
    own: Resource = {}
    notes = (told.comment, _CONTEXTS.get(told.context), _QUALITIES.get(told.quality))
    said = [{"text": note} for note in notes if note and note.strip()]
    if said:
        own["note"] = said
    if told.source in _SOURCES:
        own["method"] = {"text": _SOURCES[told.source]}
    if told.reported_by and told.reported_by.strip():
        own["performer"] = [{"display": told.reported_by}]
    return own


def _value(told: Told) -> Resource:
    if told.quality == _UNUSABLE:
        return _absent("error")
    if told.code is not None:
        return {"valueCodeableConcept": coding.word_told(told.code)}
    kind = kinds.KINDS[told.kind]
    number = told.number if kind.decimals else int(told.number)
    unit = kind.unit or "score"
    return {
        "valueQuantity": {"value": number, "unit": unit, "system": coding.UCUM, "code": kind.ucum}
    }


def _absent(why: str) -> Resource:
    return {"dataAbsentReason": {"coding": [{"system": _ABSENT, "code": why}]}}
