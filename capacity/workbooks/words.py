"""What a workbook says, once read: a month, its lines, and what could not be read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

ENGLAND = "ENGLAND"


@dataclass(frozen=True, slots=True)
class Remark:
    """About one cell, by its address as the spreadsheet shows it: F27."""

    cell: str
    words: str

    def __str__(self) -> str:
        return f"{self.cell}: {self.words}" if self.cell else self.words


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One organisation's counts as printed; `patients` is None where a mark stood for them."""

    icb_code: str
    name: str
    region_code: str
    capacity: int
    population: int
    patients: int | None

    @property
    def returned(self) -> bool:
        """No patients beside some beds is a missing return (QT6, October 2023)."""
        return self.patients is not None and not (self.patients == 0 and self.capacity > 0)


@dataclass(slots=True)
class Month:
    """`unread` names cells that were left out; `doubts` lines that do not add up, and are kept."""

    month: dt.date
    population_base: str
    lines: list[Line] = field(default_factory=list)
    unread: list[Remark] = field(default_factory=list)
    doubts: list[Remark] = field(default_factory=list)
