"""Several ICBs in a sentence, a table by region, and the sum told both ways."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.safestring import SafeString

from capacity.leave import LeaveRule
from capacity.models import IntegratedCareBoard, Region
from capacity.occupancy import Count
from capacity.presence import WardCount
from capacity.presenters import words
from capacity.presenters.boundaries import Boundaries
from capacity.presenters.days import DaysPresenter
from capacity.presenters.sheets import Sheet, in_one
from capacity.presenters.switches import BASES, Switch
from capacity.reports.together import Part, Whole
from lib import london
from lib.charts import bars
from lib.charts.svg import Table

WANTED = 40
HEADINGS = (
    *("Board", "Beds", "Per 100,000", "Short of 40"),
    *("Patients", "Occupancy", "Free", "Over capacity", "On leave", "People on leave"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """An ICB, a region's sum or the whole's; `code` leads to an ICB's own page."""

    kind: str
    label: str
    counted: WardCount
    rate: float | None
    short: int | None
    leave: LeaveRule
    code: str = ""
    is_here: bool = True

    @property
    def beds(self) -> str:
        return f"{self.counted.beds:,}" if self.is_here else "no ward here"

    @property
    def patients(self) -> str:
        return f"{self.counted.patients:,}" if self.is_here else "–"

    @property
    def free(self) -> str:
        return f"{self.counted.free:,}" if self.is_here else "–"

    @property
    def count(self) -> Count:
        return self.leave.count(self.counted)

    @property
    def rate_words(self) -> str:
        return "–" if self.rate is None or not self.is_here else words.rate(self.rate)

    @property
    def short_words(self) -> str:
        return "–" if self.short is None or not self.is_here else f"{self.short:,}"

    @property
    def occupancy(self) -> str:
        return words.share(self.count)

    @property
    def bar(self) -> SafeString | str:
        return bars.share(100 * self.count.patients / self.count.beds) if self.count.beds else ""

    @property
    def cells(self) -> tuple[str, ...]:
        """As text, for the file that holds exactly what is shown."""
        counted = self.counted
        return (
            *(self.label, self.beds, self.rate_words, self.short_words),
            *(self.patients, self.occupancy, self.free),
            *(f"{counted.over_capacity:,}", f"{counted.on_leave:,}", self.leave.short),
        )

    @property
    def beyond(self) -> tuple[str, ...]:
        """Over capacity and on leave."""
        return self.cells[7:-1]


@dataclass(frozen=True)
class TogetherPresenter:
    """`region` is the one that was asked for, `chosen` are codes that were picked one by one;
    `whole_country` where the reader may see every ICB."""

    whole: Whole
    over_time: DaysPresenter
    at: dt.datetime
    base: str
    chosen: Sequence[str]
    region: Region | None
    regions: Sequence[Region]
    pickable: Sequence[IntegratedCareBoard]
    whole_country: bool
    leave: LeaveRule
    boundaries: Boundaries

    @property
    def when(self) -> str:
        return london.long_moment(self.at)

    @property
    def name(self) -> str:
        if self.region:
            return self.region.name
        if self.whole_country and not self.chosen:
            return "England"
        parts = self.whole.parts
        if len(parts) > 3:
            return words.plural(len(parts), "board")
        return _and([_called(part) for part in parts])

    @cached_property
    def sentence(self) -> SafeString:
        """Beds, rate and shortfall both ways, and how full: sums first, ratios last."""
        if self._nowhere:
            return format_html(
                "{} {} no ward in this service: nothing is counted here.", self.name, self._has
            )
        total = self.whole.counted
        count = self.leave.count(total)
        beds = words.plural(total.beds, "bed")
        told = format_html("{} {} <strong>{}</strong>", self.name, self._has, beds)
        rate = self.whole.rate
        if rate is None:
            told = format_html("{}; not all of their populations are held.", told)
        else:
            told = format_html(
                "{}, <strong>{} per 100,000</strong> {}. {}",
                told,
                words.rate(rate),
                words.base_words(self.base),
                self._short(),
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
    def elsewhere_words(self) -> str:
        """What the sum does not know, said before it is believed."""
        without, boards = self.whole.elsewhere, len(self.whole.parts)
        if not without or self._nowhere:
            return ""
        have = "has" if without == 1 else "have"
        return (
            f"{without} of the {boards} {have} no ward in this service: their beds are not counted "
            "here, and their people are."
        )

    @property
    def _nowhere(self) -> bool:
        return self.whole.elsewhere == len(self.whole.parts)

    @property
    def _has(self) -> str:
        one = self.region or self.name == "England" or len(self.whole.parts) == 1
        return "has" if one else "have"

    def _short(self) -> SafeString | str:
        net, own = self.whole.net_short(WANTED), self.whole.own_short(WANTED)
        if net == own:
            return format_html("40 needs <strong>{} more</strong>.", f"{net:,}")
        return format_html(
            "40 needs <strong>{} more</strong> net, <strong>{}</strong> as the sum of what each "
            "lacks.",
            f"{net:,}",
            f"{own:,}",
        )

    @cached_property
    def lines(self) -> list[Line]:
        """By region where there are several, then the sum; a sum's shortfall is net."""
        ordered = sorted(self.whole.parts, key=lambda p: (p.icb.region.name, str(p.icb)))
        by_region = [
            (region, list(parts)) for region, parts in groupby(ordered, key=lambda p: p.icb.region)
        ]
        lines: list[Line] = []
        for region, parts in by_region:
            if len(by_region) > 1:
                lines.append(_sum("provider", region.name, parts, self.leave))
            lines += [_line(part, self.leave, self._pages) for part in parts]
        return [*lines, _sum("sum", f"{self.name}, sum", self.whole.parts, self.leave)]

    @property
    def _pages(self) -> set[str]:
        """Codes of boards with a page of their own within reach."""
        return {icb.code for icb in self.pickable}

    @property
    def map_switches(self) -> list[Switch]:
        return self.boundaries.switches(lambda asked: self._address(self.base, asked))

    @property
    def scopes(self) -> list[Switch]:
        """All that the reader may see, or one region of it."""
        every = "England" if self.whole_country else "All of mine"
        plain = not self.region and not self.chosen
        return [
            Switch(every, self._query(), plain),
            *(
                Switch(region.name, self._query(region=region.code), region == self.region)
                for region in (self.regions if len(self.regions) > 1 else ())
            ),
        ]

    @property
    def bases(self) -> list[Switch]:
        return [
            Switch(
                words.base_words(base).removeprefix("of ").capitalize(),
                self._address(base, self.boundaries.query),
                base == self.base,
            )
            for base in BASES
        ]

    def _address(self, base: str, asked: dict[str, str]) -> str:
        scope = {"region": self.region.code} if self.region else {}
        return urlencode({"base": base, **scope, "icb": list(self.chosen), **asked}, doseq=True)

    @property
    def query(self) -> str:
        """Of exactly this."""
        return self.over_time.days.query

    def _query(self, **scope: str) -> str:
        return urlencode({"base": self.base, **scope, **self.boundaries.query})

    @property
    def csv(self) -> list[tuple[str, ...]]:
        return in_one(self.sheets)

    @property
    def boards_title(self) -> str:
        return f"Boards, {self.boundaries.words}"

    @property
    def sheets(self) -> list[Sheet]:
        boards = Table(HEADINGS, [line.cells for line in self.lines])
        return [(self.boards_title, boards), ("Occupancy at 08:00", self.over_time.table)]


def _called(part: Part) -> str:
    return f"part of {part.icb.code}" if part.partly else part.icb.code


def _label(part: Part) -> str:
    """QXX Merged, of QK1 and QPM; of a board of which others are not here, only that part."""
    label = f"{_called(part)} {part.icb}"
    restated = part.made_of not in ((), (part.icb.code,))
    return f"{label}, of {_and(list(part.made_of))}" if restated else label


def _line(part: Part, leave: LeaveRule, pages: Collection[str]) -> Line:
    label, code = _label(part), part.icb.code if part.icb.code in pages else ""
    short, here = part.short(WANTED), part.is_here
    return Line("within", label, part.counted, part.rate, short, leave, code, here)


def _sum(kind: str, label: str, parts: Sequence[Part], leave: LeaveRule) -> Line:
    of = Whole(parts)
    here = any(part.is_here for part in parts)
    return Line(kind, label, of.counted, of.rate, of.net_short(WANTED), leave, is_here=here)


def _and(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
