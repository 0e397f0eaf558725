"""What we read of an Observation and of a Bundle, by type; everything else in them is let pass.

A modifier element must never be let pass: those stand here so that they can be refused.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Shape(msgspec.Struct, rename="camel"):
    pass


class Coding(Shape):
    system: str = ""
    code: str = ""


class Concept(Shape):
    coding: list[Coding] = []


class Identifier(Shape):
    system: str = ""
    value: str = ""


class Reference(Shape):
    reference: str = ""
    identifier: Identifier | None = None
    display: str = ""


class Contained(Shape):
    id: str = ""
    identifier: list[Identifier] = []


class Quantity(Shape):
    value: int | float | None = None
    comparator: str = ""
    unit: str = ""
    system: str = ""
    code: str = ""


class Note(Shape):
    text: str = ""


class Component(Shape):
    """One of several values that were measured together."""

    code: Concept = msgspec.field(default_factory=Concept)
    value_quantity: Quantity | None = None
    value_codeable_concept: Concept | None = None
    value_integer: int | None = None
    data_absent_reason: Concept | None = None
    modifier_extension: list[Any] = []


class Observation(Component):
    resource_type: str = ""
    status: str = ""
    identifier: list[Identifier] = []
    contained: list[Contained] = []
    subject: Reference | None = None
    device: Reference | None = None
    effective_date_time: str | None = None
    effective_instant: str | None = None
    effective_period: Any = None
    effective_timing: Any = None
    performer: list[Reference] = []
    note: list[Note] = []
    component: list[Component] = []
    implicit_rules: str = ""


class Request(Shape):
    method: str = ""
    url: str = ""
    if_none_exist: str = ""
    if_match: str = ""
    if_none_match: str = ""


class Entry(Shape):
    """Its resource is read by itself, so that one that is broken breaks no other."""

    full_url: str = ""
    request: Request = msgspec.field(default_factory=Request)
    resource: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)


class Bundle(Shape):
    resource_type: str = ""
    type: str = ""
    entry: list[Entry] = []
