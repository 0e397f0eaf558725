"""What one organisation reports: its wards, their sum, its mornings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.html import format_html
from django.utils.safestring import SafeString

from capacity.leave import LeaveRule
from capacity.models import Provider, Ward
from capacity.occupancy import Count
from capacity.presence import WardCount
from capacity.presenters import words
from capacity.presenters.days import DaysPresenter
from capacity.presenters.sheets import Sheet, in_one
from capacity.presenters.staffed import NOT_TOLD, sum_words
from capacity.reports.now import Now
from capacity.reports.staffed import Told, added, of_one_provider
from lib import london
from lib.charts import bars
from lib.charts.svg import Table

HEADINGS = (
    *("Ward", "Board", "Beds", "Staffed", "Patients", "Occupancy", "Free", "Over capacity"),
    *("On leave", "People on leave"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A ward, or the sum; `code` leads to the ward's own page."""

    label: str
    icb: str
    counted: WardCount
    leave: LeaveRule
    code: str = ""
    staffed: str = ""

    @property
    def count(self) -> Count:
        return self.leave.count(self.counted)

    @property
    def occupancy(self) -> str:
        return words.share(self.count)

    @property
    def bar(self) -> SafeString | str:
        return bars.share(100 * self.count.patients / self.count.beds) if self.count.beds else ""

    @property
    def cells(self) -> tuple[str, ...]:
        counted = self.counted
        numbers = (counted.free, counted.over_capacity, counted.on_leave)
        beds = (f"{counted.beds:,}", self.staffed, f"{counted.patients:,}")
        told = (f"{number:,}" for number in numbers)
        return (self.label, self.icb, *beds, self.occupancy, *told, self.leave.short)

    @property
    def figures(self) -> tuple[str, ...]:
        """All after the ward and its board, but what stands below the table for all of them."""
        return self.cells[2:-1]


@dataclass(frozen=True)
class ProviderPresenter:
    """`wards` are those within the reader's reach, and nothing else is counted."""

    provider: Provider
    now: Now
    wards: dict[int, Ward]
    over_time: DaysPresenter
    leave: LeaveRule
    staffed: Mapping[int, Told]

    @property
    def when(self) -> str:
        return london.long_moment(self.now.at)

    @cached_property
    def sentence(self) -> SafeString:
        total = self.now.total
        count = self.leave.count(total)
        told = format_html(
            "{} reports <strong>{}</strong> on {}.",
            self.provider,
            words.plural(total.beds, "bed"),
            words.plural(len(self._places), "ward"),
        )
        if not count.beds:
            return told
        return format_html(
            "{} Now <strong>{}</strong>: <strong>{}</strong>, {}, {}.",
            told,
            words.plural(total.patients, "patient"),
            words.share(count),
            words.against_wanted(count),
            self.leave.words,
        )

    @property
    def _places(self) -> list[Ward]:
        return sorted((self.wards[ward] for _, ward in self.now.places), key=lambda w: w.name)

    @property
    def headings(self) -> tuple[str, ...]:
        return HEADINGS[:-1]

    @cached_property
    def lines(self) -> list[Line]:
        counts = self.now.by_ward()
        own = [
            Line(
                ward.name,
                ward.icb.code,
                counts[ward.pk],
                self.leave,
                ward.code,
                self._staffed_cell(ward.pk),
            )
            for ward in self._places
        ]
        return [*own, Line("Sum", "", self.now.total, self.leave)]

    @cached_property
    def staffed_words(self) -> str:
        return sum_words(added(of_one_provider(self.staffed), self.now.by_ward()))

    def _staffed_cell(self, ward: int) -> str:
        """Of a ward whose beds several report nobody said whose of them are staffed."""
        told = self.staffed.get(ward)
        return NOT_TOLD if told is None else "shared" if told.providers > 1 else f"{told.number:,}"

    @property
    def csv(self) -> list[tuple[str, ...]]:
        return in_one(self.sheets)

    @property
    def sheets(self) -> list[Sheet]:
        wards = Table(HEADINGS, [line.cells for line in self.lines])
        return [("Wards", wards), ("Occupancy at 08:00", self.over_time.table)]

    def file_name(self, day: dt.date) -> str:
        return f"{self.provider.code}-{day:%Y-%m-%d}"
