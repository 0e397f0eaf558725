"""Mornings that were counted: which days, beside which others, in words and in a picture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

from django.utils.safestring import SafeString

from capacity.occupancy import Count, reaches, total
from capacity.presenters import corrections, words
from capacity.presenters.mornings import as_occupancy
from capacity.presenters.spans import COMPARED, LONGEST, day_in, words_of
from capacity.presenters.switches import DAYS, Switch, number_of
from capacity.reports.history import Morning
from lib.charts import occupancy
from lib.charts.svg import Table

USUAL: Final = 90
_DAY: Final = dt.timedelta(days=1)
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Days:
    """From `first` to `last`, both included. `typed`: by somebody, else they go on with the
    calendar. `kept` is what else the page's address says. `misread`: what was typed is no time up
    to the last count, so the usual one is shown instead."""

    first: dt.date
    last: dt.date
    than: str = "before"
    typed: bool = False
    misread: bool = False
    kept: Pairs = ()

    @classmethod
    def read(cls, given: Mapping[str, str], counted_on: dt.date, kept: Pairs = ()) -> Days:
        """From an address: `days=28`, or `from` and `to` as 2026-11-26 or 26/11/2026."""
        than = given.get("than", "")
        number = number_of(given.get("days", ""), DAYS, USUAL)
        last = day_in(given.get("to", "")) or counted_on
        first = day_in(given.get("from", "")) or last - (number - 1) * _DAY
        asked = [given[name] for name in ("from", "to") if given.get(name)]
        sound = first <= last <= counted_on and last - first <= LONGEST
        sound = sound and all(day_in(day) for day in asked)
        typed = bool(asked) and sound
        return cls(
            first=first if typed else counted_on - (number - 1) * _DAY,
            last=last if typed else counted_on,
            than=than if than in COMPARED else "before",
            typed=typed,
            misread=bool(asked) and not sound,
            kept=tuple(kept),
        )

    @property
    def number(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def compared(self) -> tuple[dt.date, dt.date]:
        """As many: the days before, or 52 weeks earlier, on the same weekdays."""
        back = self.number * _DAY if self.than == "before" else dt.timedelta(weeks=52)
        return self.first - back, self.last - back

    @property
    def since(self) -> dt.date:
        """The first day that has to be read for both."""
        return min(self.first, self.compared[0])

    @property
    def words(self) -> str:
        return words_of(self.first, self.last)

    @property
    def query(self) -> str:
        return self._query()

    def _query(self, **changed: str) -> str:
        if self.typed and "days" not in changed:
            own = {"from": self.first.isoformat(), "to": self.last.isoformat()}
        else:
            own = {"days": str(self.number)}
        return urlencode([*self.kept, *(own | {"than": self.than} | changed).items()])

    @property
    def shortcuts(self) -> list[Switch]:
        return [
            Switch(label, self._query(days=str(number)), not self.typed and self.number == number)
            for number, label in DAYS.items()
        ]

    @property
    def comparisons(self) -> list[Switch]:
        return [
            Switch(label, self._query(than=key), key == self.than)
            for key, label in COMPARED.items()
        ]


@dataclass(frozen=True)
class DaysPresenter:
    """`mornings` may begin with those compared; each is told apart by its day."""

    days: Days
    mornings: Sequence[Morning]

    @cached_property
    def now(self) -> list[Morning]:
        return [one for one in self.mornings if self.days.first <= one.day <= self.days.last]

    @cached_property
    def then(self) -> list[Morning]:
        first, last = self.days.compared
        return [one for one in self.mornings if first <= one.day <= last]

    @property
    def compared_words(self) -> str:
        return words_of(*self.days.compared)

    @property
    def sentence(self) -> str:
        """How full on the whole, sums before ratios, beside the days compared."""
        if not self.now:
            return "None of these days has been counted."
        told = f"{_full(self.now)} on the whole, at or above 80% on {self._reached(self.now)}"
        if not self.then:
            return f"{told}. Of {self.compared_words} no day was counted."
        against = f"{_full(self.then)}, at or above 80% on {self._reached(self.then)}"
        return f"{told}; {self.compared_words}: {against}."

    def _reached(self, mornings: Sequence[Morning]) -> str:
        """Days that were never counted are told, or a quarter would be judged by one morning."""
        reached, counted = sum(reaches(one.count) for one in mornings), len(mornings)
        missing = self.days.number - counted
        told = f"{reached:,} of {words.plural(counted, 'day')}"
        return f"{told} counted, {missing:,} not counted" if missing else told

    @property
    def corrected_note(self) -> str:
        return corrections.note(self.now)

    @cached_property
    def _data(self) -> occupancy.Occupancy:
        return as_occupancy(self.now)

    @property
    def chart(self) -> SafeString:
        return occupancy.occupancy(self._data)

    @property
    def table(self) -> Table:
        return occupancy.rows(self._data)

    @property
    def csv(self) -> list[tuple[str, ...]]:
        """Exactly what the chart shows."""
        return [self.table.headings, *self.table.rows]


def whole(mornings: Sequence[Morning]) -> Count:
    """Bed-days and the patients in them."""
    return total(one.count for one in mornings)


def _full(mornings: Sequence[Morning]) -> str:
    return f"{words.share(whole(mornings))} full"
