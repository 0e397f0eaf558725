"""The figures of one ward: a sentence, its beds, its mornings, its flows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.html import format_html
from django.utils.safestring import SafeString

from capacity.leave import LeaveRule
from capacity.models import Ward
from capacity.occupancy import Count
from capacity.presence import WardCount
from capacity.presenters import words
from capacity.presenters.days import DaysPresenter
from capacity.presenters.movements import MovementsPresenter
from capacity.presenters.sheets import Sheet
from capacity.presenters.staffed import ward_words
from capacity.reports.flows import Visit, of_all, visits
from capacity.reports.now import Now
from capacity.reports.staffed import Told
from capacity.reports.stays import StayLine
from lib import london
from lib.charts import bars
from lib.charts.bars import Bar
from lib.charts.svg import Table


@dataclass(frozen=True, slots=True)
class StayRow:
    """Bed, pathway and day: a stay that a figure counts, and nobody's name."""

    stay: StayLine

    @property
    def bed(self) -> str:
        return self.stay.bed or "none"

    @property
    def pathway(self) -> str:
        return words.pathway_name(self.stay.pathway)

    @property
    def route(self) -> str:
        return words.route_name(self.stay.route)

    @property
    def state(self) -> str:
        told = ["on leave"] if self.stay.on_leave else []
        return ", ".join([*told, *([self.stay.no_bed] if self.stay.no_bed else [])])


@dataclass(frozen=True)
class WardPresenter:
    """The same count as the ward's own board, under the same names."""

    ward: Ward
    now: Now
    over_time: DaysPresenter
    stays: Sequence[Visit]
    counted_on: dt.date
    leave: LeaveRule
    staffed: Told | None

    @property
    def at(self) -> dt.datetime:
        return self.now.at

    @property
    def when(self) -> str:
        return london.long_moment(self.at)

    @cached_property
    def total(self) -> WardCount:
        return self.now.total

    @property
    def count(self) -> Count:
        """What occupancy is made of."""
        return self.leave.count(self.total)

    @property
    def sentence(self) -> SafeString:
        patients = words.plural(self.total.patients, "patient")
        if not self.total.beds:
            return format_html("{} has no beds and {}.", self.ward.name, patients)
        return format_html(
            "{} has <strong>{}</strong> and <strong>{}</strong>: <strong>{}</strong>, {}, {}.",
            self.ward.name,
            words.plural(self.total.beds, "bed"),
            patients,
            words.share(self.count),
            words.against_wanted(self.count),
            self.leave.words,
        )

    @property
    def staffed_words(self) -> str:
        return ward_words(self.staffed, self.total.beds)

    @property
    def figures(self) -> list[tuple[str, str]]:
        """Each figure with its name; those that are nothing today are left out, but the first."""
        total = self.total
        always = [
            (f"{total.beds:,}", "beds"),
            (f"{total.taken:,}", "taken"),
            (f"{total.free:,}", "free"),
        ]
        maybe = [
            (total.closed, "closed, not capacity"),
            (total.surge, "surge, not capacity"),
            (total.over_capacity, "over capacity, without a bed"),
            (total.on_leave, "on leave"),
        ]
        return [*always, *((f"{number:,}", name) for number, name in maybe if number)]

    @cached_property
    def movements(self) -> MovementsPresenter:
        return MovementsPresenter(visits(self.stays, of_all), self.counted_on)

    @property
    def pathways_data(self) -> list[Bar]:
        counts = self.now.pathways
        ordered = sorted(counts, key=lambda code: (-counts[code].patients, code))
        return [Bar(words.pathway_name(code), counts[code].patients) for code in ordered]

    @property
    def pathways_chart(self) -> SafeString:
        return bars.bars("Patients now by pathway", self.pathways_data)

    @property
    def pathways_table(self) -> Table:
        return bars.bars_rows("Pathway", self.pathways_data)

    @property
    def sheets(self) -> list[Sheet]:
        """Every table of the page but the stays, which are shown to the ward's own staff alone."""
        return [
            ("Occupancy at 08:00", self.over_time.table),
            ("Flows", self.movements.flows_table),
            ("Patients by pathway", self.pathways_table),
        ]

    @staticmethod
    def stay_rows(stays: Sequence[StayLine]) -> list[StayRow]:
        return [StayRow(stay) for stay in stays]

    @property
    def routes(self) -> list[tuple[str, int]]:
        return [(words.route_name(code), count.patients) for code, count in self.now.routes.items()]
