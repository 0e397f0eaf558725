"""The dashboard of one ICB: a sentence, pictures, the table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

from capacity.leave import LeaveRule
from capacity.models import IntegratedCareBoard
from capacity.occupancy import Count
from capacity.presence import WardCount
from capacity.presenters import corrections, tables, words
from capacity.presenters.days import DaysPresenter
from capacity.presenters.movements import MovementsPresenter
from capacity.presenters.rates import RatePresenter
from capacity.presenters.sheets import Sheet
from capacity.presenters.staffed import sum_words
from capacity.presenters.switches import BASES, BYS, Choice, Switch
from capacity.presenters.tables import Row, Sources
from capacity.reports.history import Morning
from capacity.reports.populations import Rate
from capacity.reports.published import Printed
from capacity.reports.staffed import added, of_one_board
from lib import london
from lib.charts import bars
from lib.charts.bars import Bar
from lib.charts.svg import Table

PUBLISHED: Final = ("Month", "Beds", "Per 100,000", "Patients", "Taken")


@dataclass(frozen=True)
class IcbPresenter:
    """Made of what was read; decides words, order and pictures."""

    icb: IntegratedCareBoard
    sources: Sources
    rates: dict[str, Rate]
    over_time: DaysPresenter
    published: Sequence[Printed]
    choice: Choice
    counted_on: dt.date

    @property
    def at(self) -> dt.datetime:
        return self.sources.now.at

    @property
    def mornings(self) -> list[Morning]:
        return self.over_time.now

    @property
    def when(self) -> str:
        return london.long_moment(self.at)

    @property
    def leave(self) -> LeaveRule:
        return self.sources.leave

    @cached_property
    def total(self) -> WardCount:
        return self.sources.now.total

    @cached_property
    def count(self) -> Count:
        """What occupancy is made of."""
        return self.leave.count(self.total)

    @cached_property
    def _by_ward(self) -> dict[int, WardCount]:
        return self.sources.now.by_ward()

    @property
    def has_wards(self) -> bool:
        return bool(self.sources.now.places)

    @cached_property
    def rate(self) -> RatePresenter | None:
        """None where no population is held."""
        rate = self.rates.get(self.choice.base)
        others = (other for base, other in self.rates.items() if base != self.choice.base)
        if rate is None:
            return None
        return RatePresenter(self.icb.code, rate, next(others, None), self.published)

    @cached_property
    def movements(self) -> MovementsPresenter:
        return MovementsPresenter(self.sources.visits, self.counted_on)

    @cached_property
    def sentence(self) -> SafeString:
        """The whole answer in words, before any picture. Where nothing is counted, nought would
        be no answer."""
        if not self.has_wards:
            return format_html(
                "{} has no ward in this service: nothing is counted here.", self.icb.code
            )
        return format_html("{}{} {}", self._beds_words(), self._taken_words(), self._full_words())

    def _beds_words(self) -> SafeString:
        beds = words.plural(self.total.beds, "bed")
        if self.rate is None:
            return format_html("{} has <strong>{}</strong>.", self.icb.code, beds)
        return format_html(
            "{} has <strong>{}</strong>, {}.", self.icb.code, beds, self.rate.sentence
        )

    def _taken_words(self) -> SafeString:
        patients = words.plural(self.total.patients, "patient")
        if not self.total.beds:
            return format_html(" {} now.", patients)
        return format_html(
            " Now <strong>{}</strong>: <strong>{}</strong>, {}, {}.",
            patients,
            words.share(self.count),
            words.against_wanted(self.count),
            self.leave.words,
        )

    def _full_words(self) -> str:
        full = sorted(
            self.sources.wards[pk].name
            for pk, count in self._by_ward.items()
            if count.beds and not count.free
        )
        if not full:
            return ""
        if len(full) > 3:
            return f"{len(full)} wards are full."
        are = "is" if len(full) == 1 else "are"
        return f"{' and '.join(full)} {are} full."

    @cached_property
    def morning_words(self) -> str:
        """The 08:00 count of the newest day, beside the figure of now."""
        if not self.mornings:
            return "No day has been counted yet."
        last = self.mornings[-1]
        return (
            f"At 08:00 on {london.short_day(last.day)}: {last.patients:,} in {last.beds:,} beds, "
            f"{words.share(last.count)}, {last.leave.words}{self._corrected(last)}."
        )

    @staticmethod
    def _corrected(last: Morning) -> str:
        told = corrections.corrected_words(last)
        return f"; {told}" if told else ""

    @cached_property
    def staffed_words(self) -> str:
        return sum_words(added(of_one_board(self.sources.staffed), self._by_ward))

    @cached_property
    def rows(self) -> list[Row]:
        return tables.table(self.choice.by, self.sources, self.icb.code)

    @property
    def bys(self) -> list[Switch]:
        return [
            Switch(label, self.choice.query(by=key), key == self.choice.by)
            for key, label in BYS.items()
        ]

    @property
    def bases(self) -> list[Switch]:
        return [
            Switch(
                words.base_title(self.rates[base].population),
                self.choice.query(base=base),
                base == self.choice.base,
            )
            for base in BASES
            if base in self.rates
        ]

    @property
    def pathways_data(self) -> list[Bar]:
        counts = self.sources.now.pathways
        ordered = sorted(counts, key=lambda code: (-counts[code].patients, code))
        return [Bar(words.pathway_name(code), counts[code].patients) for code in ordered]

    @property
    def pathways_chart(self) -> SafeString:
        return bars.bars("Patients now by pathway", self.pathways_data)

    @property
    def pathways_table(self) -> Table:
        return bars.bars_rows("Pathway", self.pathways_data)

    @cached_property
    def published_table(self) -> Table:
        own = [month for month in self.published if month.code != "ENGLAND"]
        return Table(PUBLISHED, [printed_cells(month) for month in reversed(own)])

    @property
    def csv(self) -> list[tuple[str, ...]]:
        """Exactly what the table shows."""
        return [tables.HEADINGS, *(row.cells for row in self.rows)]

    @property
    def sheets(self) -> list[Sheet]:
        """Every table of the page."""
        moved = self.movements
        lengths = [("Length of stay in nights", moved.lengths_table)] if moved.lengths else []
        return [
            ("Occupancy at 08:00", self.over_time.table),
            ("Wards and providers", Table(tables.HEADINGS, [row.cells for row in self.rows])),
            ("Flows", moved.flows_table),
            *lengths,
            ("Patients by pathway", self.pathways_table),
            ("Published by NHS England", self.published_table),
        ]


def printed_cells(month: Printed) -> tuple[str, str, str, str, str]:
    """Month, beds, per 100,000 with its base, patients, occupancy."""
    base = "16+" if month.base == "16+" else "all ages"
    patients = f"{month.patients:,}" if month.returned and month.patients is not None else "–"
    share = words.share(month.count) if month.returned else "not returned"
    rate = f"{words.rate(month.per_100k)} ({base})"
    return (words.month_name(month.month), f"{month.capacity:,}", rate, patients, share)
