"""England as published: the national arithmetic, the league, the regions, the months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.safestring import SafeString

from capacity.presenters import words
from capacity.presenters.funnel import FunnelPresenter
from capacity.presenters.icb import printed_cells
from capacity.presenters.league import HEADINGS, ORDERS, Place, ranked
from capacity.presenters.sheets import Sheet, in_one
from capacity.presenters.switches import Switch
from capacity.reports.published import (
    BEDS_THEN,
    BEDS_WANTED,
    PROGRAMMES,
    League,
    Printed,
    RegionSum,
    outweighed,
)
from lib.charts import trend
from lib.charts.svg import Table

REGION_HEADINGS: Final = ("Region", "ICBs", "Beds", "Per 100,000", "Patients", "Taken")


@dataclass(frozen=True)
class EnglandPresenter:
    """`mine` are the codes of the reader's own ICBs, `linked` those whose page they may open."""

    league: League
    path: Sequence[Printed]
    regions: Sequence[RegionSum]
    names: dict[str, str]
    mine: frozenset[str]
    linked: frozenset[str]
    order: str = "rate"

    @property
    def england(self) -> Printed:
        return self.league.england

    @property
    def month(self) -> str:
        return words.month_name(self.league.month)

    @property
    def base(self) -> str:
        return words.base_words(self.league.base)

    @cached_property
    def funnel(self) -> FunnelPresenter:
        return FunnelPresenter(self.league, self.mine)

    @cached_property
    def sentence(self) -> SafeString:
        england, icbs = self.england, self.league.icbs
        enough = sum(icb.short == 0 for icb in icbs)
        full = sum(icb.full_enough for icb in icbs)
        return format_html(
            "England has <strong>{} beds</strong>, <strong>{} per 100,000</strong> {}; 40 needs "
            "<strong>{} more</strong>. <strong>{}</strong> are taken, <strong>{}</strong>. "
            "<strong>{} of {}</strong> ICBs {} 40 or more per 100,000; "
            "<strong>{} of {}</strong> {} at 80% or fuller.{}",
            f"{england.capacity:,}",
            words.rate(england.per_100k),
            self.base,
            f"{self.league.net_short:,}",
            f"{england.patients or 0:,}",
            words.share(england.count),
            enough,
            len(icbs),
            "has" if enough == 1 else "have",
            full,
            len(icbs),
            "is" if full == 1 else "are",
            self._own_words(),
        )

    def _own_words(self) -> str:
        places = enumerate(ranked(self.league.icbs, "rate"), 1)
        own = [(n, line.code) for n, line in places if line.code in self.mine]
        return "".join(f" {code} is {words.ordinal(n)} by beds per 100,000." for n, code in own[:3])

    @property
    def arithmetic(self) -> list[tuple[str, str]]:
        """As the roundtable of the health service journal told it."""
        return [
            (f"{PROGRAMMES:,}", "programmes"),
            (f"{BEDS_THEN:,}", "beds"),
            (f"{BEDS_WANTED:,}", "beds wanted"),
            (f"{BEDS_WANTED - BEDS_THEN:,}", "beds short"),
        ]

    @property
    def arithmetic_now(self) -> str:
        have = self.england.capacity
        return (
            f"With the {have:,} beds published for {self.month}, "
            f"{max(0, BEDS_WANTED - have):,} of the {BEDS_WANTED:,} are still missing."
        )

    @property
    def short_words(self) -> str:
        return (
            f"Short of 40 per 100,000: {self.league.net_short:,} net, where one ICB’s spare beds "
            f"count for another; {self.league.own_short:,} as the sum of what each ICB lacks."
        )

    @property
    def orders(self) -> list[Switch]:
        return [
            Switch(label, self._query(by=key), key == self.order) for key, label in ORDERS.items()
        ]

    @property
    def months(self) -> list[Switch]:
        return [
            Switch(
                f"{line.month:%b %Y}",
                self._query(month=f"{line.month:%Y-%m}"),
                line.month == self.league.month,
            )
            for line in self.path
        ]

    @property
    def query(self) -> str:
        return self._query()

    def _query(self, **changed: str) -> str:
        return urlencode({"month": f"{self.league.month:%Y-%m}", "by": self.order} | changed)

    @cached_property
    def places(self) -> list[Place]:
        names = {region.code: region.name for region in self.regions}
        top = max([55.0, *(line.per_100k for line in self.league.icbs)])
        return [
            Place(
                rank=rank,
                line=line,
                name=self.names.get(line.code, line.name),
                region=words.region_name(names.get(line.region_code, line.region_code)),
                england=self.england,
                top=top,
                own=line.code in self.mine,
                linked=line.code in self.linked,
            )
            for rank, line in enumerate(ranked(self.league.icbs, self.order, names), 1)
        ]

    @property
    def above_note(self) -> str:
        """The true figure of each that is shown as 100%*."""
        above = [
            line
            for line in self.league.icbs
            if line.returned and line.count.patients > line.capacity
        ]
        told = ", ".join(
            f"{line.code} {words.share(line.count)} ({line.patients:,} in {line.capacity:,})"
            for line in sorted(above, key=lambda line: line.code)
        )
        return f"* more patients than beds; true figures {told}." if told else ""

    @property
    def missing_note(self) -> str:
        missing = ", ".join(line.code for line in self.league.icbs if not line.returned)
        if not missing:
            return ""
        return f"{missing} did not return patients; the beds stay in England’s sum, as published."

    @property
    def region_note(self) -> str:
        """East is 85.0% without QJG."""
        names = {region.code: words.region_name(region.name) for region in self.regions}
        return " ".join(
            f"{names[code]} is {words.share(rest)} without {icb.code}."
            for code, icb, rest in outweighed(self.league.icbs)
        )

    @property
    def region_rows(self) -> list[tuple[str, ...]]:
        ordered = sorted(self.regions, key=lambda region: -region.per_100k)
        rows = [
            (
                words.region_name(region.name),
                str(region.icbs),
                f"{region.count.beds:,}",
                words.rate(region.per_100k),
                f"{region.count.patients:,}",
                words.share(region.count),
            )
            for region in ordered
        ]
        england = self.england
        whole = (
            f"{england.capacity:,}",
            words.rate(england.per_100k),
            f"{england.patients or 0:,}",
        )
        return [*rows, ("England", str(len(self.league.icbs)), *whole, words.share(england.count))]

    @property
    def rate_chart(self) -> SafeString:
        """Broken where the base changed: the two are never joined in one line."""
        months = [trend.Month(line.month, line.per_100k, line.base) for line in self.path]
        return trend.trend(trend.Trend("Beds per 100,000", months))

    @property
    def taken_chart(self) -> SafeString:
        months = [
            trend.Month(line.month, None if line.occupancy is None else 100 * line.occupancy)
            for line in self.path
        ]
        return trend.trend(trend.Trend("Occupancy", months, unit="%", zone=(80, 92)))

    @property
    def path_table(self) -> Table:
        headings = ("Month", "Beds", "Per 100,000", "Patients", "Taken")
        return Table(headings, [printed_cells(line) for line in reversed(self.path)])

    @property
    def base_breaks(self) -> bool:
        return len({line.base for line in self.path}) > 1

    @property
    def csv(self) -> list[tuple[str, ...]]:
        return in_one(self.sheets)

    @property
    def sheets(self) -> list[Sheet]:
        """Every table of the page."""
        luck = [("Occupancy by number of beds", self.funnel.table)] if self.funnel.limits else []
        return [
            ("ICBs ranked", Table(HEADINGS, [place.cells for place in self.places])),
            *luck,
            ("Regions", Table(REGION_HEADINGS, self.region_rows)),
            ("England over time", self.path_table),
        ]
