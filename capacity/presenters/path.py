"""One ICB through the published months: beds, occupancy, rank, and what luck explains of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.utils.safestring import SafeString

from capacity.presenters import words
from capacity.presenters.boundaries import Boundaries
from capacity.presenters.funnel import FunnelPresenter
from capacity.presenters.icb import printed_cells
from capacity.presenters.league import ranked
from capacity.presenters.switches import Switch
from capacity.presenters.windows import Offer, Window
from capacity.reports.published import League, Printed
from lib.charts import trend
from lib.charts.svg import Table

HEADINGS = (
    *("Month", "Beds", "Per 100,000", "Patients", "Taken"),
    *("Rank by beds per 100,000", "England per 100,000", "England taken"),
    "Occupancy against England’s",
)


def months_shown(
    given: Mapping[str, str], held: Sequence[dt.date], boundaries: Boundaries
) -> Window:
    """Of the months held those that begin in a time, of which there has to be one."""
    return Window.read(
        given,
        Offer("All months", held[0], _last_day(held[-1])),
        sound=lambda first, last: any(first <= month <= last for month in held),
        kept=list(boundaries.query.items()),
        offers=[Offer("12 months", _year_to(held[-1]), _last_day(held[-1]))],
    )


def _last_day(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def _year_to(month: dt.date) -> dt.date:
    """The first of the twelve months up to this one."""
    return (month - dt.timedelta(days=330)).replace(day=1)


@dataclass(frozen=True)
class PathPresenter:
    """`leagues` are the months held, oldest first; in some of them the ICB may not stand, and
    `window` says which are shown."""

    code: str
    name: str
    leagues: Sequence[League]
    linked: bool
    boundaries: Boundaries
    window: Window

    @cached_property
    def months(self) -> list[tuple[League, Printed]]:
        return [
            (league, line)
            for league in self.leagues
            for line in league.icbs
            if line.code == self.code and self.window.holds(league.month)
        ]

    @property
    def map_switches(self) -> list[Switch]:
        return self.boundaries.switches(lambda boundaries: urlencode(boundaries | self.window.own))

    @property
    def query(self) -> str:
        return self.window.query()

    @property
    def sentence(self) -> str:
        """From the first month to the last on the newest base; older ones are not comparable."""
        base = self.months[-1][1].base
        same = [line for _, line in self.months if line.base == base]
        first, last = same[0], same[-1]
        now = (
            f"{self.code} had {words.plural(last.capacity, 'bed')} in "
            f"{words.month_name(last.month)}, {words.rate(last.per_100k)} per 100,000 "
            f"{words.base_words(base)}, {self._rank(*self.months[-1])} of {self._of}; "
            f"{self._taken(last)}, {self.boundaries.words}."
        )
        return f"{now} {self._since(first, last)}" if first is not last else now

    def _since(self, first: Printed, last: Printed) -> str:
        more = last.capacity - first.capacity
        than = words.plural(abs(more), "bed")
        moved = f"{than} {'more' if more > 0 else 'fewer'} than" if more else "As many beds as"
        return f"{moved} in {words.month_name(first.month)}."

    @property
    def _of(self) -> int:
        return len(self.months[-1][0].icbs)

    def _taken(self, line: Printed) -> str:
        return f"{words.share(line.count)} taken" if line.returned else "patients not returned"

    def _rank(self, league: League, line: Printed) -> str:
        return words.ordinal(ranked(league.icbs, "rate").index(line) + 1)

    @property
    def rate_chart(self) -> SafeString:
        months = [trend.Month(line.month, line.per_100k, line.base) for _, line in self.months]
        return trend.trend(trend.Trend("Beds per 100,000", months))

    @property
    def taken_chart(self) -> SafeString:
        """A month that was not returned is a gap, never nought."""
        months = [
            trend.Month(line.month, None if line.occupancy is None else 100 * line.occupancy)
            for _, line in self.months
        ]
        return trend.trend(trend.Trend("Occupancy", months, unit="%", zone=(80, 92)))

    @cached_property
    def table(self) -> Table:
        return Table(HEADINGS, [self._cells(*month) for month in reversed(self.months)])

    def _cells(self, league: League, line: Printed) -> tuple[str, ...]:
        luck = FunnelPresenter(league, frozenset()).place(line)
        rank = f"{self._rank(league, line)} of {len(league.icbs)}"
        _, _, rate, _, taken = printed_cells(league.england)
        return (*printed_cells(line), rank, rate, taken, luck or "–")

    @property
    def span_words(self) -> str:
        first, last = self.months[0][1].month, self.months[-1][1].month
        return f"{words.month_name(first)} to {words.month_name(last)}"

    @property
    def csv(self) -> list[tuple[str, ...]]:
        rows = ((*row, self.boundaries.words) for row in self.table.rows)
        return [(*self.table.headings, "Boundaries"), *rows]
