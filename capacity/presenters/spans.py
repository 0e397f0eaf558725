"""The time that a page of flows tells of, and what it is compared with; every link keeps it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from capacity.presenters.switches import Switch
from capacity.reports.visiting import Time
from lib import london

USUAL: Final = dt.timedelta(days=28)
LONGEST: Final = dt.timedelta(days=5 * 366)
COMPARED: Final = {"before": "The time before", "year": "A year before"}
SHORTCUTS: Final = {28: "4 weeks", 91: "13 weeks", 364: "52 weeks"}
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Span:
    """From the 08:00 count of one day to that of another. `misread`: what was asked for is no
    time up to the last count, so the usual one is shown instead. `typed`: by somebody, else it
    goes on with the calendar. `kept` is what else the page's address says; `offered` are the
    shortcuts by their days."""

    first: dt.date
    last: dt.date
    by: str = "before"
    counted_on: dt.date | None = None
    misread: bool = False
    typed: bool = False
    kept: Pairs = ()
    offered: Mapping[int, str] = field(default_factory=lambda: SHORTCUTS)

    @classmethod
    def read(
        cls,
        given: Mapping[str, str],
        counted_on: dt.date,
        usual: dt.timedelta = USUAL,
        *,
        kept: Pairs = (),
        offered: Mapping[int, str] = SHORTCUTS,
    ) -> Span:
        """From an address, `from` and `to` as 2026-11-26 or 26/11/2026."""
        last = day_in(given.get("to", "")) or counted_on
        first = day_in(given.get("from", "")) or last - usual
        sound = first < last <= counted_on and last - first <= LONGEST
        asked = bool(given.get("from") or given.get("to"))
        typed = all(day_in(given[name]) for name in ("from", "to") if given.get(name))
        by = given.get("by", "before")
        return cls(
            first=first if sound else counted_on - usual,
            last=last if sound else counted_on,
            by=by if by in COMPARED else "before",
            counted_on=counted_on,
            misread=asked and not (sound and typed),
            typed=asked and sound,
            kept=tuple(kept),
            offered=offered,
        )

    @property
    def time(self) -> Time:
        return london.count_instant(self.first), london.count_instant(self.last)

    @property
    def compared(self) -> tuple[dt.date, dt.date]:
        """As long as this one: the days before it, or 52 weeks earlier, on the same weekdays."""
        back = self.last - self.first if self.by == "before" else dt.timedelta(weeks=52)
        return self.first - back, self.last - back

    @property
    def compared_time(self) -> Time:
        first, last = self.compared
        return london.count_instant(first), london.count_instant(last)

    @property
    def days(self) -> int:
        return (self.last - self.first).days

    @property
    def words(self) -> str:
        return words_of(self.first, self.last)

    @property
    def compared_words(self) -> str:
        return words_of(*self.compared)

    def query(self, **changed: str) -> str:
        said = {"from": self.first.isoformat(), "to": self.last.isoformat(), "by": self.by}
        return urlencode(said | dict(self.kept) | changed)

    @property
    def comparisons(self) -> list[Switch]:
        return [
            Switch(label, self.query(by=key), key == self.by) for key, label in COMPARED.items()
        ]

    @property
    def shortcuts(self) -> list[Switch]:
        end = self.counted_on or self.last
        return [
            Switch(
                label,
                self.query(**{"from": str(end - dt.timedelta(days=days)), "to": str(end)}),
                (self.first, self.last) == (end - dt.timedelta(days=days), end),
            )
            for days, label in self.offered.items()
        ]


def words_of(first: dt.date, last: dt.date) -> str:
    """29 Oct to 26 Nov 2026: from 08:00 to 08:00"""
    year = f" {first.year}" if first.year != last.year else ""
    return f"{first.day} {first:%b}{year} to {london.plain_day(last)}"


def day_in(typed: str) -> dt.date | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(typed.strip(), form).date()  # noqa: DTZ007  # a day only
        except ValueError:
            continue
    return None
