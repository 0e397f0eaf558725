"""NEWS2 as the draft standard nests it: a total has its parts, each part its reading.

nhsengland/virtual-wards-draft-standards, 3.4.6: `hasMember` leads from the total to the parts,
`derivedFrom` from a part to what was measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from lib import london
from observations import codes, news2
from observations.fhir.mapping import coding
from observations.fhir.mapping.outgoing import Told, instant
from observations.models import Score
from observations.models.readings import Context, Quality

Resource = dict[str, Any]
_CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
_ABSENT: Final = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_SCALE_2: Final = 2
_PARTS: Final = {
    "respiratory_rate": "respiration rate score",
    "spo2": "oxygen saturation scale 1 score",
    "oxygen": "air or oxygen score",
    "systolic": "systolic blood pressure score",
    "pulse": "pulse score",
    "consciousness": "consciousness score",
    "temperature": "temperature score",
}


def chosen(scores: Sequence[Score]) -> list[Score]:
    """The first of the stay, and of each London day the highest and the last."""
    days: dict[Any, list[Score]] = {}
    for one in scores:
        days.setdefault(london.day_of(one.measured_at), []).append(one)
    told = {scores[0].measured_at: scores[0]} if scores else {}
    for day in days.values():
        highest = max(day, key=lambda one: (one.lowest, one.measured_at))
        told |= {one.measured_at: one for one in (highest, day[-1])}
    return [told[at] for at in sorted(told)]


def behind(score: Score, readings: Sequence[Told]) -> dict[str, Told]:
    """By kind, the newest good reading that the score was made of."""
    found: dict[str, Told] = {}
    for one in readings:
        within = score.oldest_at <= one.measured_at <= score.measured_at
        if within and one.kind in _PARTS and _scores(one):
            found[one.kind] = one
    return found


def _scores(one: Told) -> bool:
    return one.quality == Quality.GOOD and one.context != Context.EXERTION and not one.error


def observations(
    score: Score, readings: Mapping[str, Told], *, patient: str, encounter: str
) -> Iterator[tuple[UUID, Resource]]:
    """The total, then its parts; each with the id under which the bundle's others name it."""
    frame = {
        "status": "final",
        "category": [{"coding": [{"system": _CATEGORY, "code": "survey", "display": "Survey"}]}],
        "subject": {"reference": patient},
        "encounter": {"reference": encounter},
        "effectiveDateTime": instant(score.measured_at),
    }
    parts = [
        (_id(score, kind), _part(score, kind, part, readings.get(kind)))
        for kind, part in zip(news2.PARAMETERS, score.parts, strict=True)
    ]
    members = [{"reference": pk.urn} for pk, _ in parts]
    yield _id(score, "total"), _total(score) | frame | {"hasMember": members}
    for pk, part in parts:
        yield pk, part | frame


def _total(score: Score) -> Resource:
    told: Resource = {
        "resourceType": "Observation",
        "code": _concept(codes.NEWS2_TOTAL, "total score"),
    }
    notes = []
    if score.total is None:
        notes.append(f"Incomplete: at least {score.lowest}. A missing part is never counted as 0.")
    if score.oxygen_from_plan:
        notes.append("Oxygen as prescribed in the plan.")
    if score.self_reported:
        notes.append("Consciousness as the patient or carer said.")
    if notes:
        told["note"] = [{"text": text} for text in notes]
    return told | _points(score.total)


def _part(score: Score, kind: str, points: int | None, reading: Told | None) -> Resource:
    known, words = codes.NEWS2_PARTS[kind], _PARTS[kind]
    if kind == "spo2" and score.scale == _SCALE_2:
        known, words = codes.NEWS2_SPO2_SCALE_2, "oxygen saturation scale 2 score"
    told: Resource = {"resourceType": "Observation", "code": _concept(known, words)}
    if reading is not None and points is not None:
        told["derivedFrom"] = [{"reference": f"Observation/{reading.public_id}"}]
    return told | _points(points)


def _points(points: int | None) -> Resource:
    if points is None:
        return {"dataAbsentReason": {"coding": [{"system": _ABSENT, "code": "not-performed"}]}}
    score = {"system": coding.UCUM, "code": "{score}", "unit": "score"}
    return {"valueQuantity": {"value": points, **score}}


def _concept(known: codes.Codes, words: str) -> Resource:
    display = f"Royal College of Physicians National Early Warning Score 2 - {words}"
    return {
        "coding": [{"system": coding.SNOMED, "code": known.snomed, "display": display}],
        "text": f"NEWS2 {words}",
    }


def _id(score: Score, what: str) -> UUID:
    """The same each time, so that who reads twice stores once."""
    name = f"{score.admission_id}/{instant(score.measured_at)}/{what}"
    return uuid5(NAMESPACE_URL, f"urn:x-virtual-wards:news2/{name}")
