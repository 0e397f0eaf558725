"""Reads an operator's file of providers and wards, and says in one line what is wrong.

[[providers]]                          [[wards]]
code = "RT5"                           code = "RT5-soar-valley"
name = "…"                             name = "Soar Valley virtual ward"
kind = "community"                     provider = "RT5"
                                       icb = "QK1"
                                       opens = 2026-01-05
                                       beds = 24
                                       pathways = ["frailty"]
                                       [wards.hours]
                                       opens = 08:00:00
                                       closes = 20:00:00
                                       phone = "…"
                                       out_of_hours_team = "…"
                                       out_of_hours_phone = "…"
"""

from __future__ import annotations

import datetime as dt
import tomllib
from typing import Annotated

import msgspec


class OpeningError(ValueError):
    """What the operator should mend, in one line."""


class NewProvider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    name: str
    kind: str


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """London wall time."""

    opens: dt.time
    closes: dt.time
    phone: str
    out_of_hours_team: str
    out_of_hours_phone: str


class NewWard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    name: str
    provider: str
    icb: str
    opens: dt.date
    beds: Annotated[int, msgspec.Meta(ge=1, le=500)]
    pathways: list[str]
    hours: Hours


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that one file opens."""

    wards: Annotated[list[NewWard], msgspec.Meta(min_length=1)]
    providers: list[NewProvider] = []


def read_opening(text: str) -> Opening:
    """Raises OpeningError."""
    try:
        return msgspec.convert(tomllib.loads(text), Opening)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as wrong:
        raise OpeningError(str(wrong)) from wrong
