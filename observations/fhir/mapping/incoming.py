"""An Observation as the readings that a gateway would have sent: same id, same time, same row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from observations.fhir.mapping import coding
from observations.fhir.mapping.outcomes import FaultError, Issue
from observations.fhir.mapping.shapes import Component, Concept, Observation, Quantity
from observations.fhir.mapping.whose import Who, who

_PAIR: Final = ("systolic", "diastolic")


class Meaning(Enum):
    """What a sender wants done, as its `status` says."""

    STORE = "store"
    AMEND = "amend"
    TAKE_BACK = "take back"


# A preliminary value is stored like any other: one that worries must ring, confirmed or not.
_STATUSES: Final = {
    "final": Meaning.STORE,
    "preliminary": Meaning.STORE,
    "amended": Meaning.AMEND,
    "corrected": Meaning.AMEND,
    "entered-in-error": Meaning.TAKE_BACK,
}
# What holds a value, its kind, its element and its id.
_Found = tuple[Component, str, str, str]
_WITHOUT_VALUE: Final = frozenset(("registered", "cancelled", "unknown"))


class Part(NamedTuple):
    """One reading; `path` is its element, "Observation" or "Observation.component[1]"."""

    path: str
    kind: str
    sender_id: str
    value: Any = None
    unit: str | None = None


class Statement(NamedTuple):
    """One Observation, understood."""

    meaning: Meaning
    who: Who
    parts: tuple[Part, ...]
    measured_at: str
    identifier: str
    comment: str | None
    reported_by: str | None
    is_panel: bool
    told: Observation

    def item(self, part: Part, device: str, patient: str) -> dict[str, Any]:
        """As POST /api/v1/readings/ takes it."""
        item = {"id": part.sender_id, "kind": part.kind, "measured_at": self.measured_at}
        more = {
            "value": part.value,
            "unit": part.unit,
            "device": device or None,
            "patient": patient or None,
            "comment": self.comment,
            "reported_by": self.reported_by,
        }
        return item | {name: given for name, given in more.items() if given is not None}


def understood(told: Observation) -> Statement:
    """Raises FaultError (422) with all that is wrong at once."""
    issues = list(_faults(told))
    if issues:
        raise FaultError(422, *issues)
    meaning = _STATUSES[told.status]
    identifier = _identifier(told)
    named = coding.kinds_of(told.code.coding)
    parts = _parts(told, meaning, identifier)
    return Statement(
        meaning,
        who(told),
        parts,
        told.effective_date_time or told.effective_instant or "",
        identifier,
        "\n".join(note.text for note in told.note if note.text) or None,
        next((one.display for one in told.performer if one.display), None),
        named == {coding.PANEL} and {part.kind for part in parts} >= set(_PAIR),
        told,
    )


def _faults(told: Observation) -> Iterator[Issue]:
    if told.implicit_rules:
        yield _unsupported("Implicit rules are not understood.", "implicitRules")
    if told.modifier_extension:
        yield _unsupported("Modifier extensions are not understood.", "modifierExtension")
    yield from _status_faults(told)
    yield from _time_faults(told)
    if not coding.kinds_of(told.code.coding):
        yield _unknown_code("code")
    for number, component in enumerate(told.component):
        yield from _component_faults(component, f"component[{number}]")


def _status_faults(told: Observation) -> Iterator[Issue]:
    if told.status in _WITHOUT_VALUE:
        text = f"An observation that is {told.status} holds no result yet."
        yield Issue("business-rule", text, "Observation.status")
    elif told.status not in _STATUSES:
        yield Issue("code-invalid", "The status is missing or unknown.", "Observation.status")
    elif _STATUSES[told.status] is not Meaning.STORE and not _identifier(told):
        text = "What is corrected or taken back is found by its identifier."
        yield Issue("required", text, "Observation.identifier")


def _time_faults(told: Observation) -> Iterator[Issue]:
    if told.effective_period is not None or told.effective_timing is not None:
        yield _unsupported("Say the instant of measurement.", "effective")
    elif told.effective_date_time is None and told.effective_instant is None:
        yield Issue("required", "The time of measurement is missing.", "Observation.effective")


def _component_faults(component: Component, path: str) -> Iterator[Issue]:
    if component.modifier_extension:
        yield _unsupported("Modifier extensions are not understood.", f"{path}.modifierExtension")
    if not coding.kinds_of(component.code.coding) - {coding.PANEL}:
        yield _unknown_code(f"{path}.code")


def _parts(told: Observation, meaning: Meaning, identifier: str) -> tuple[Part, ...]:
    """The Observation's own value, and those of its components; what is said to be absent is
    left out."""
    own = _one_kind(told.code, "Observation.code")
    found: list[_Found] = []
    if own != coding.PANEL:
        found.append((told, own, "Observation", identifier))
    for number, one in enumerate(told.component):
        path = f"Observation.component[{number}]"
        kind = _one_kind(one.code, f"{path}.code")
        found.append((one, kind, path, f"{identifier}.{kind}" if identifier else ""))
    if meaning is Meaning.TAKE_BACK:
        return _taken_back(found, own, identifier)
    parts = tuple(_part(*one) for one in found if _has_value(one[0], one[2], len(found)))
    _check_once_each(parts)
    return parts


def _taken_back(found: Sequence[_Found], own: str, identifier: str) -> tuple[Part, ...]:
    """Values do not matter; a panel without components means both of its pressures."""
    if not found and own == coding.PANEL:
        return tuple(Part("Observation", kind, f"{identifier}.{kind}") for kind in _PAIR)
    return tuple(Part(path, kind, sender_id) for _, kind, path, sender_id in found)


def _has_value(told: Component, path: str, of: int) -> bool:
    if _values(told):
        return True
    if told.data_absent_reason is not None and of > 1:
        return False
    raise FaultError(422, Issue("required", "The value is missing.", f"{path}.value"))


def _values(told: Component) -> list[Any]:
    given = (told.value_quantity, told.value_codeable_concept, told.value_integer)
    return [value for value in given if value is not None]


def _part(told: Component, kind: str, path: str, sender_id: str) -> Part:
    given = _values(told)
    if len(given) > 1:
        raise FaultError(422, Issue("invalid", "There is more than one value.", f"{path}.value"))
    value, unit = _value(given[0], path)
    return Part(path, kind, sender_id or _derived(kind, value, unit), value, unit)


def _value(given: Quantity | Concept | int, path: str) -> tuple[Any, str | None]:
    if isinstance(given, Quantity):
        return _quantity(given, path)
    if isinstance(given, Concept):
        word = coding.word_of(given.coding)
        if word is None:
            raise FaultError(422, _unknown_code(f"{path}.value".removeprefix("Observation.")))
        return word, None
    return given, None


def _quantity(given: Quantity, path: str) -> tuple[Any, str | None]:
    if given.comparator:
        text = "A value with a comparator is not a measurement."
        raise FaultError(422, Issue("not-supported", text, f"{path}.value.comparator"))
    if given.value is None:
        raise FaultError(422, Issue("required", "The value is missing.", f"{path}.value.value"))
    coded = given.code if given.system in (coding.UCUM, "") else ""
    return given.value, coded or given.unit or None


def _one_kind(told: Concept, path: str) -> str:
    named = coding.kinds_of(told.coding)
    if len(named) != 1:
        text = "The codings name different things."
        raise FaultError(422, Issue("invalid", text, f"{path}.coding"))
    return next(iter(named))


def _check_once_each(parts: Sequence[Part]) -> None:
    if not parts:
        text = "There is neither a value nor a component with one."
        raise FaultError(422, Issue("required", text, "Observation.value"))
    seen: set[str] = set()
    for part in parts:
        if part.kind in seen:
            text = "The same thing is told twice."
            raise FaultError(422, Issue("invalid", text, f"{part.path}.code"))
        seen.add(part.kind)


def _identifier(told: Observation) -> str:
    return next((one.value for one in told.identifier if one.value), "")


def _derived(kind: str, value: object, unit: str | None) -> str:
    """Without an identifier: the same value of the same kit at the same instant, sent again, must
    be a duplicate all the same."""
    digest = blake2b(f"{kind}\x00{value}\x00{unit}".encode(), digest_size=12).hexdigest()
    return f"unnamed-{digest}"


def _unknown_code(path: str) -> Issue:
    text = "None of the codings is known here; see the CapabilityStatement's documentation."
    return Issue("code-invalid", text, f"Observation.{path}")


def _unsupported(text: str, path: str) -> Issue:
    return Issue("not-supported", text, f"Observation.{path}")
