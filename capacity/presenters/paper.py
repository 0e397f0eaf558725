"""One page of A4 for a board: sentences, figures against the band, two pictures, one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from django.utils.safestring import SafeString

from capacity.leave import LeaveRule
from capacity.occupancy import Count
from capacity.presence import WardCount
from capacity.presenters import tables, words
from capacity.presenters.days import DaysPresenter, whole
from capacity.presenters.flows.hindrances import HindrancesPresenter
from capacity.presenters.icb import IcbPresenter
from capacity.presenters.tables import Row
from capacity.presenters.together import Line as Board
from capacity.presenters.together import TogetherPresenter
from lib.charts import bars
from lib.charts.bars import Bar, Per100k
from lib.charts.svg import Table

# So many lines fit beside all else, each name on two lines.
MOST_LINES: Final = 10
DEFINITIONS: Final = (
    "Beds: commissioned and open; surge and closed beds are not capacity. Patients: in a bed, over "
    "capacity or on leave. Occupancy: patients over beds, uncapped; sums are divided, never means "
    "of shares taken. Wanted: 40 to 50 beds per 100,000, 80% full or fuller. Short: beds needed, "
    "rounded up, less the beds. As in NHS England’s Virtual Ward SitRep (DAPB4068), days are "
    "counted at 08:00 in London. No patient can be identified from this page."
)


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    number: str
    against: str


@dataclass(frozen=True)
class IcbPaper:
    """Of one ICB, whose table is its providers."""

    shown: IcbPresenter
    holding: HindrancesPresenter

    @property
    def over_time(self) -> DaysPresenter:
        return self.shown.over_time

    @property
    def title(self) -> str:
        return f"{self.shown.icb.code} {self.shown.icb}"

    @property
    def when(self) -> str:
        return self.shown.when

    @property
    def sentences(self) -> list[SafeString | str]:
        """Where no ward is, nothing is held back, and that would be no news."""
        if not self.shown.has_wards:
            return [self.shown.sentence]
        return [self.shown.sentence, self.holding.sentence]

    @property
    def rate_chart(self) -> SafeString | str:
        return self.shown.rate.chart if self.shown.rate else ""

    @property
    def figures(self) -> list[Figure]:
        rates = [
            Figure(
                f"per 100,000 {words.base_words(base)}",
                words.rate(rate.per_100k),
                f"40 is {rate.needed(40):,} beds, {rate.short(40):,} short;"
                f" 50 is {rate.needed(50):,}, {rate.short(50):,} short",
            )
            for base, rate in self.shown.rates.items()
        ]
        return [*rates, *_fullness(self.shown.count, self.over_time, self.shown.leave)]

    @property
    def table(self) -> Table:
        """Always by provider, whatever the page was cut by."""
        *rows, last = tables.table("ward", self.shown.sources, self.shown.icb.code)
        headings = ("Provider", *_COUNTED, "In, 28 days", "Out, 28 days", "Median stay, nights")
        shown, others = _fitting([row for row in rows if row.kind == "provider"])
        lines = [self._cells(row.label, [row], row.median_words) for row in shown]
        if others:
            lines.append(self._cells(f"{len(others)} smaller providers", others, "–"))
        return Table(headings, [*lines, self._cells(last.label, [last], last.median_words)])

    def _cells(self, label: str, rows: Sequence[Row], stay: str) -> tuple[str, ...]:
        into, out = (sum(row.flow.into for row in rows), sum(row.flow.out for row in rows))
        counted = _counted([row.counted for row in rows], self.shown.leave)
        return (label, *counted, f"{into:,}", f"{out:,}", stay)

    @property
    def back_query(self) -> str:
        return self.shown.choice.query()


@dataclass(frozen=True)
class TogetherPaper:
    """Of several ICBs, whose table is the regions where they are many, else the ICBs."""

    shown: TogetherPresenter

    @property
    def over_time(self) -> DaysPresenter:
        return self.shown.over_time

    @property
    def title(self) -> str:
        return self.shown.name

    @property
    def when(self) -> str:
        """And on which boundaries, where they are not today's."""
        boundaries = self.shown.boundaries
        told = f", {boundaries.words}" if boundaries.map_of else ""
        return f"{self.shown.when}{told}"

    @property
    def sentences(self) -> list[SafeString | str]:
        return [self.shown.sentence, self.shown.elsewhere_words]

    @property
    def rate_chart(self) -> SafeString | str:
        rate = self.shown.whole.rate
        if rate is None:
            return ""
        own = Bar(self.shown.name, rate, own=True)
        return bars.per_100k(Per100k([own], words.base_words(self.shown.base)))

    @property
    def figures(self) -> list[Figure]:
        sums = self.shown.whole
        now = self.shown.leave.count(sums.counted)
        short = (
            f"{wanted} lacks {sums.net_short(wanted):,} net,"
            f" {sums.own_short(wanted):,} as the sum of what each lacks"
            for wanted in (40, 50)
        )
        base = words.base_words(self.shown.base)
        rates = (
            [Figure(f"per 100,000 {base}", words.rate(sums.rate), "; ".join(short))]
            if sums.rate is not None
            else []
        )
        return [*rates, *_fullness(now, self.over_time, self.shown.leave)]

    @property
    def table(self) -> Table:
        *lines, last = self.shown.lines
        boards = [line for line in lines if line.kind == "within"]
        regions = [line for line in lines if line.kind == "provider"]
        shown, others = _fitting(regions if len(boards) > MOST_LINES and regions else boards)
        rows = [self._cells(line.label, [line]) for line in shown]
        if others:
            rows.append(self._cells(f"{len(others)} smaller boards", others))
        headings = ("Where", "Per 100,000", *_COUNTED)
        return Table(headings, [*rows, self._cells(last.label, [last])])

    def _cells(self, label: str, lines: Sequence[Board]) -> tuple[str, ...]:
        """Of whom nothing is known here nought would be no answer."""
        if not any(line.is_here for line in lines):
            return (label, "–", "no ward here", "–", "–", "–")
        rate = lines[0].rate_words if len(lines) == 1 else "–"
        return (label, rate, *_counted([line.counted for line in lines], self.shown.leave))

    @property
    def back_query(self) -> str:
        return self.shown.query


T = TypeVar("T", Row, Board)
_COUNTED: Final = ("Beds", "Patients", "Occupancy", "Free")


def _counted(counts: Sequence[WardCount], leave: LeaveRule) -> tuple[str, ...]:
    of = sum(counts, start=WardCount())
    occupancy = words.share(leave.count(of))
    return (f"{of.beds:,}", f"{of.patients:,}", occupancy, f"{of.free:,}")


def _fitting(lines: Sequence[T]) -> tuple[list[T], list[T]]:
    """The largest in their order, and the smaller ones that stand in one line."""
    if len(lines) <= MOST_LINES:
        return list(lines), []
    largest = sorted(lines, key=lambda line: -line.counted.beds)[: MOST_LINES - 1]
    return [one for one in lines if one in largest], [one for one in lines if one not in largest]


def _fullness(now: Count, over_time: DaysPresenter, leave: LeaveRule) -> list[Figure]:
    days = over_time.days
    against = "; ".join(filter(None, (words.against_wanted(now), leave.words)))
    figures = [Figure("full now", words.share(now), against)]
    for name, mornings in ((days.words, over_time.now), (over_time.compared_words, over_time.then)):
        if mornings:
            count = whole(mornings)
            figures.append(Figure(name, words.share(count), "full at 08:00 on the whole"))
    return figures
