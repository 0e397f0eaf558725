"""Why a reading was refused, as an issue of the Observation that brought it."""

from __future__ import annotations

from typing import Final, NamedTuple

from observations.fhir.mapping.outcomes import Issue


class Refusal(NamedTuple):
    """`element` is the Observation's, or with a leading dot that of the value's own holder."""

    status: int
    code: str
    element: str
    text: str


_UNKNOWN: Final = Refusal(422, "processing", "", "It cannot be stored: {why}.")
_REFUSALS: Final = {
    "ambiguous": Refusal(412, "multiple-matches", "identifier", "More than one matches."),
    "comment_invalid": Refusal(422, "too-long", "note", "The note is too long."),
    "corrected_too_often": Refusal(
        422, "business-rule", "identifier", "It was corrected too often to be believed."
    ),
    "device_invalid": Refusal(422, "value", "device", "The serial number is not printable text."),
    "id_invalid": Refusal(
        422, "value", "identifier", "An identifier has 1 to 100 printable characters."
    ),
    "id_reused": Refusal(
        409, "conflict", "identifier", "The identifier stands for another measurement already."
    ),
    "implausible": Refusal(422, "value", ".value", "No body can have that value."),
    "in_future": Refusal(422, "business-rule", "effective", "That is in the future."),
    "measured_at_invalid": Refusal(
        422, "value", "effective", "Give a date and time with seconds and an offset."
    ),
    "measured_at_missing": Refusal(422, "required", "effective", "The time is missing."),
    "not_a_code": Refusal(422, "code-invalid", ".value", "A code is wanted, and a known one."),
    "not_a_number": Refusal(422, "value", ".value", "A number is wanted."),
    "not_the_sender": Refusal(
        409, "conflict", "identifier", "Another gateway brought what this would correct."
    ),
    "patient_invalid": Refusal(422, "value", "subject", "The subject is not printable text."),
    "rejected": Refusal(
        422, "value", "effective", "Identifier, device or subject, and time find what is meant."
    ),
    "reported_by_invalid": Refusal(422, "too-long", "performer", "The name is too long."),
    "retracted": Refusal(410, "deleted", "identifier", "You have taken this back before."),
    "too_old": Refusal(422, "business-rule", "effective", "That is more than 35 days ago."),
    "unit_missing": Refusal(422, "required", ".value.code", "The unit is missing."),
    "unit_unknown": Refusal(422, "code-invalid", ".value.code", "The unit is not one of UCUM's."),
}


def refused(why: str, path: str) -> tuple[int, Issue]:
    """The status, and an issue at an element of "Observation"; `path` is the value's holder."""
    known = _REFUSALS.get(why, _UNKNOWN)
    element = known.element
    where = (
        f"{path}{element}" if element.startswith(".") or not element else f"Observation.{element}"
    )
    return known.status, Issue(known.code, known.text.format(why=why), where)
