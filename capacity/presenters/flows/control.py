"""Control charts in words: what is more than the usual variation, since when, and where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.utils.safestring import SafeString

from capacity import xmr
from capacity.models import StatedChange
from capacity.presenters.flows import naming
from capacity.presenters.flows.control_choice import ControlChoice
from capacity.presenters.sheets import in_one
from capacity.presenters.switches import Switch
from capacity.presenters.words import plural
from capacity.reports.places import Place
from capacity.reports.series import WHOLE, WIDTHS, Series
from capacity.xmr import Rule, Signal
from lib import london
from lib.charts import control
from lib.charts.control import Control, Mark, Point
from lib.charts.svg import Table

CALM: Final = "Nothing here but the usual variation."


@dataclass(frozen=True)
class Charted:
    """One series with its limits; weeks in which there was nothing to take a mean of are left
    out of limits and rules, and so is a first one that was perhaps not whole."""

    series: Series
    changes: Sequence[StatedChange]
    by: str

    @cached_property
    def values(self) -> list[float | None]:
        if self.series.begins_within and self.series.values:
            return [None, *self.series.values[1:]]
        return [*self.series.values]

    @cached_property
    def _places(self) -> list[int]:
        return [at for at, value in enumerate(self.values) if value is not None]

    @cached_property
    def days(self) -> list[dt.date]:
        return [london.day_of(since) for since, _ in self.series.times]

    @cached_property
    def _begins(self) -> dict[int, StatedChange]:
        """By the first point that lies wholly after the change."""
        shown = [self.days[at] for at in self._places]
        found = {}
        for change in self.changes:
            first = next((n for n, day in enumerate(shown) if day >= change.on), None)
            if first:
                found[first] = change
        return found

    @cached_property
    def parts(self) -> list[xmr.Part]:
        values = [v for v in self.values if v is not None]
        return xmr.parts(values, self._begins)

    @property
    def mean(self) -> float | None:
        return self.parts[-1].limits.mean if self.parts else None

    @property
    def newest(self) -> float | None:
        return self.values[-1] if self.values else None

    @property
    def signals(self) -> list[Signal]:
        return [signal for part in self.parts for signal in part.signals]

    @property
    def going_on(self) -> Signal | None:
        """The rise that has lasted until the newest point: of several, the longest."""
        if not self.parts:
            return None
        risen = [one for one in self.parts[-1].signals if one.side > 0 and one.last == self._last]
        return min(risen, key=lambda one: one.first, default=None)

    @property
    def _last(self) -> int:
        """The newest point."""
        return self.parts[-1].first + len(self.parts[-1].values) - 1

    def day(self, point: int) -> str:
        return london.plain_day(self.days[self._places[point]])

    @property
    def words(self) -> list[str]:
        """What it means: what goes on first, the longest before all, then the newest; of the time
        since the last stated change."""
        if not self.parts:
            return ["Nothing has been counted here yet."]
        part = self.parts[-1]
        told = [_words(one, self, part) for one in _in_order(part, self._last)]
        few = (
            [f"Only {plural(len(part.values), 'point')} yet: the limits will still move."]
            if part.provisional
            else []
        )
        return [*(told or [CALM]), *few]

    def points(self) -> list[Point]:
        why: dict[int, Signal] = {}
        for signal in self.signals:
            for point in range(signal.first, signal.last + 1):
                if point not in why or signal.rule == Rule.BEYOND:
                    why[point] = signal
        marked = {self._places[point]: signal for point, signal in why.items()}
        return [
            Point(london.plain_day(day), value, *_mark(marked.get(at)))
            for at, (day, value) in enumerate(zip(self.days, self.values, strict=True))
        ]

    def drawn(self, title: str) -> Control:
        parts = []
        for part in self.parts:
            change = self._begins.get(part.first)
            last = part.first + len(part.values) - 1
            parts.append(
                control.Part(
                    self._places[part.first],
                    self._places[last],
                    part.limits.mean,
                    part.limits.lower,
                    part.limits.upper,
                    change.reason if change else "",
                )
            )
        return Control(title, self.points(), parts)


@dataclass(frozen=True)
class ControlPresenter:
    """The chart of the whole or of one pathway, and one line for each pathway beside it."""

    place: Place
    choice: ControlChoice
    series: Mapping[str, Series]
    changes: Sequence[StatedChange]
    exact: bool

    @property
    def _named(self) -> naming.MeasureWords:
        return naming.MEASURES[self.choice.measure]

    @property
    def title(self) -> str:
        return (
            f"{self._named.title}, {naming.pathway(self.choice.pathway)[:1].lower()}"
            + (naming.pathway(self.choice.pathway)[1:])
        )

    @property
    def heading(self) -> str:
        return f"{self._named.each} per {self.choice.by}"

    @property
    def when(self) -> str:
        """Only whole weeks or months are points, so it may begin later and end earlier."""
        return f"{self.heading}, {self.choice.span.words}"

    def _charted(self, pathway: str) -> Charted:
        own = [change for change in self.changes if change.pathway == pathway]
        return Charted(self.series.get(pathway, Series([], [])), own, self.choice.by)

    @cached_property
    def charted(self) -> Charted:
        return self._charted(self.choice.pathway)

    @property
    def sentence(self) -> str:
        """Of a time without one whole week or month nothing is told, rather than nought."""
        span, by = self.choice.span, self.choice.by
        if not WIDTHS[by](span.first, span.last):
            return f"{self.title}: there is no whole {by} from {span.words}."
        return f"{self.title}: {self.charted.words[0]}"

    @property
    def more_words(self) -> list[str]:
        return self.charted.words[1:]

    @property
    def stated(self) -> list[StatedChange]:
        return [change for change in self.changes if change.pathway == self.choice.pathway]

    @cached_property
    def drawn(self) -> Control:
        return self.charted.drawn(self.title)

    @property
    def chart(self) -> SafeString:
        return control.control(self.drawn)

    @property
    def table(self) -> Table:
        return control.rows(self.drawn, self.heading.capitalize())

    @cached_property
    def pathways(self) -> list[tuple[Switch, str, str, str]]:
        """Link, newest, mean, and in words since when it is otherwise; changed ones first."""
        rows = []
        for code in self.series:
            found = self._charted(code)
            link = Switch(
                naming.pathway(code), self.choice.query(pathway=code), code == self.choice.pathway
            )
            calm = found.words[0] == CALM
            rows.append((code != WHOLE, calm, link, found))
        rows.sort(key=lambda row: row[:2])
        return [
            (link, _number(found.newest), _number(found.mean), found.words[0])
            for _, _, link, found in rows
        ]

    @property
    def measures(self) -> list[Switch]:
        return [
            Switch(known.title, self.choice.query(measure=key), key == self.choice.measure)
            for key, known in naming.MEASURES.items()
            if self.exact or not known.personal
        ]

    @property
    def widths(self) -> list[Switch]:
        return [Switch(f"By {by}", self.choice.query(by=by), by == self.choice.by) for by in WIDTHS]

    @property
    def csv(self) -> list[tuple[str, ...]]:
        return in_one(
            [(self.title, self.table), ("Which pathway, and since when", self.pathway_table)]
        )

    @property
    def pathway_table(self) -> Table:
        headings = ("Pathway", f"Newest {self.choice.by}", "Mean", "What it says")
        rows = [(self._label(link), *cells) for link, *cells in self.pathways]
        return Table(headings, rows)

    @staticmethod
    def _label(link: Switch) -> str:
        return f"{link.label}, above" if link.chosen else link.label


def _in_order(part: xmr.Part, last: int) -> list[Signal]:
    """A point beyond a limit within a run on its side is told by the run."""
    runs = [one for one in part.signals if one.rule == Rule.RUN]
    told = [one for one in part.signals if not any(_within(one, run) for run in runs)]
    return sorted(
        told, key=lambda one: (one.last != last, one.first if one.last == last else 0, -one.first)
    )


def _within(one: Signal, run: Signal) -> bool:
    inside = run.first <= one.first and one.last <= run.last
    return one.rule in (Rule.BEYOND, Rule.NEAR) and one.side == run.side and inside


def _mark(signal: Signal | None) -> tuple[Mark, str]:
    if signal is None:
        return "usual", ""
    if signal.rule == Rule.BEYOND:
        return ("high" if signal.side > 0 else "low"), signal.rule
    return "changed", signal.rule


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}".removesuffix(".0")


def _words(signal: Signal, of: Charted, part: xmr.Part) -> str:
    since, low = of.day(signal.first), signal.side < 0
    long = f"{_many(signal.last - signal.first + 1)} {of.by}s"
    side, limit = ("below", "lower") if low else ("above", "upper")
    if signal.rule == Rule.RUN:
        way, until = "lower" if low else "higher", _until(signal, of, part)
        mean = _number(part.limits.mean)
        return f"From {since} {way} than usual{until}: {long} {side} the mean of {mean}."
    if signal.rule == Rule.TREND:
        return f"From {since} {'falling' if low else 'rising'}: {long} in a row."
    if signal.rule == Rule.NEAR:
        return f"From {since} two of three {of.by}s near the {limit} limit."
    return f"The {of.by} from {since} lies {side} the {limit} limit: look what happened."


def _until(signal: Signal, of: Charted, part: xmr.Part) -> str:
    over = signal.last < part.first + len(part.values) - 1
    return f" until {of.day(signal.last + 1)}" if over else ""


_NUMBERS: Final = ("six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def _many(number: int) -> str:
    return _NUMBERS[number - 6] if 6 <= number <= 12 else str(number)
