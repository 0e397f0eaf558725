"""From bytes to shapes; whatever is no JSON, or no such shape, is a fault that says where."""

from __future__ import annotations

import re
from typing import Final, TypeVar

import msgspec

from observations.fhir.mapping.outcomes import FaultError, Issue, fault
from observations.fhir.mapping.shapes import Bundle, Observation

_T = TypeVar("_T", Bundle, Observation)
_observations: Final = msgspec.json.Decoder(Observation)
_bundles: Final = msgspec.json.Decoder(Bundle)
# JSON's names of an element that may be of several types; FHIRPath has one name for all of them.
_CHOICE: Final = re.compile(r"\b(value|effective)(?=[A-Z])\w+")


def observation(body: bytes) -> Observation:
    return _decoded(_observations, body, "Observation")


def bundle(body: bytes) -> Bundle:
    return _decoded(_bundles, body, "Bundle")


def _decoded(decoder: msgspec.json.Decoder[_T], body: bytes, wanted: str) -> _T:
    try:
        body.decode()
        told = decoder.decode(body)
    except UnicodeDecodeError:
        raise fault(400, "The body is not UTF-8.") from None
    except RecursionError:
        raise fault(400, "The body is nested too deeply.") from None
    except msgspec.ValidationError as error:
        raise FaultError(400, _misshapen(str(error), wanted)) from None
    except (msgspec.DecodeError, ValueError):
        raise fault(400, "The body is not JSON as RFC 8259 has it.") from None
    if told.resource_type != wanted:
        text = f"Send a resource of the type {wanted}."
        raise FaultError(400, Issue("structure", text, "resourceType"))
    return told


def _misshapen(message: str, wanted: str) -> Issue:
    text, _, where = message.partition(" - at `$")
    path = _CHOICE.sub(r"\1", where.rstrip("`"))
    return Issue("structure", f"{text.rstrip('.')}.", f"{wanted}{path}")
