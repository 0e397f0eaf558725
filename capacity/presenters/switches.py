"""What a reader of a page has switched to: base, table, span; each link keeps the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

BYS: Final = {"ward": "Ward in provider", "pathway": "Pathway", "route": "Route"}
DAYS: Final = {28: "4 weeks", 90: "90 days", 365: "12 months"}
BASES: Final = ("16+", "all")


def number_of(given: str, offered: Iterable[int], usual: int) -> int:
    """One of the numbers that a page offers; whatever else an address says is the usual one."""
    return next((number for number in offered if given == str(number)), usual)


@dataclass(frozen=True, slots=True)
class Choice:
    """Of one ICB's dashboard."""

    base: str = "16+"
    by: str = "ward"
    days: int = 90
    # As typed: what they mean `Days` says.
    span: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Choice:
        """From an address; what it cannot mean is as if not said."""
        return cls(
            # A plus sign in an address is a blank.
            base=next((b for b in BASES if b == given.get("base", "").replace(" ", "+")), BASES[0]),
            by=given.get("by", "") if given.get("by") in BYS else "ward",
            days=number_of(given.get("days", ""), DAYS, 90),
            span=tuple((name, given[name]) for name in ("from", "to", "than") if given.get(name)),
        )

    def query(self, **changed: str | int) -> str:
        said = {"base": self.base, "by": self.by, "days": self.days} | dict(self.span) | changed
        return urlencode(said)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What another choice of days leaves as it is."""
        return [("base", self.base), ("by", self.by)]


@dataclass(frozen=True, slots=True)
class Switch:
    """A link to the same page otherwise."""

    label: str
    query: str
    chosen: bool
