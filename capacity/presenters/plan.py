"""An ICB's plan: when is 40 reached, and how full will that be."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.safestring import SafeString

from capacity import planning
from capacity.leave import LeaveRule
from capacity.models import IntegratedCareBoard, PlannedBeds, Population, Target
from capacity.occupancy import Area, Count, beds_needed, per_100k
from capacity.planning import Change, Reach, Step
from capacity.presence import WardCount
from capacity.presenters import words
from capacity.presenters.sheets import in_one
from capacity.presenters.spans import LONGEST
from capacity.presenters.switches import BASES, Choice, Switch
from capacity.presenters.windows import Offer, Window
from capacity.reports.plans import Aim, aim_on
from lib.charts import plan as drawn
from lib.charts.svg import Table
from lib.london import plain_day

# The picture goes on a while after the last step, and is never shorter than a year.
_AFTER = dt.timedelta(days=60)
_LEAST = dt.timedelta(days=365)
_OFFERED = {"12 months": dt.timedelta(days=365), "3 years": dt.timedelta(days=3 * 365)}
# What holds where an ICB has set nothing.
ENGLANDS = ("Otherwise: England’s", "40 to 50", "80%")


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One line of the plan, in words."""

    pk: int
    day: str
    beds: str
    where: str


@dataclass(frozen=True)
class PlanPresenter:
    """`now` is the ICB's count; `dated` are beds entered with a day to come, `planned` wishes;
    `given` is what the page's address says."""

    icb: IntegratedCareBoard
    today: dt.date
    now: WardCount
    dated: Sequence[Change]
    planned: Sequence[PlannedBeds]
    targets: list[Target]
    populations: dict[str, Population]
    given: Mapping[str, str]
    leave: LeaveRule

    @property
    def base(self) -> str:
        return Choice.read(self.given).base

    @cached_property
    def window(self) -> Window:
        """Which days the picture and its table show; the sentence is of the whole plan."""
        whole = Offer("The whole plan", self.today, self._until)
        latest = max(self._until, self.today + LONGEST)
        offers = [Offer(label, self.today, self.today + ahead) for label, ahead in _OFFERED.items()]
        return Window.read(
            self.given,
            whole,
            sound=lambda first, last: self.today <= first and last <= latest,
            kept=[("base", self.base)],
            offers=offers,
        )

    @property
    def population(self) -> Population | None:
        return self.populations.get(self.base)

    @property
    def bases(self) -> list[Switch]:
        return [
            Switch(_base_name(base), self.window.query(base=base), base == self.base)
            for base in BASES
            if base in self.populations
        ]

    @cached_property
    def steps(self) -> list[Step]:
        wished = [(line.on, line.beds) for line in self.planned]
        return planning.course(self.now.beds, self.today, [*self.dated, *wished])

    @cached_property
    def aim(self) -> Aim:
        """In force on the last day of the plan: that is what it must reach."""
        return aim_on(self.targets, self.steps[-1].day)

    @cached_property
    def needed(self) -> int:
        assert self.population is not None
        return beds_needed(self.population.value, self.aim.low)

    @property
    def sentence(self) -> str:
        """When the lower end of the band is reached, and how many patients make that full."""
        has = f"{self.icb.code} has {words.plural(self.now.beds, 'bed')}"
        if self.population is None:
            return f"{has}; no population is held, so nothing can be told per 100,000."
        has += f", {self._rate(self.now.beds)} per 100,000 {words.base_words(self.base)}."
        reach = planning.reach(self.steps, self.needed)
        return f"{has} {self._reached(reach) if reach else self._not_reached()}"

    def _reached(self, reach: Reach) -> str:
        low, beds = f"{self.aim.low:g}", self._beds_on(reach.day)
        if reach.day == self.today and reach.lost is None:
            told = f"{low} is reached already."
        else:
            day = plain_day(reach.day)
            told = f"With what is planned {low} is reached on {day}, at {beds:,} beds."
        if reach.lost:
            told += f" It is lost again on {plain_day(reach.lost)}."
        return f"{told} {self._filled(beds)}"

    def _not_reached(self) -> str:
        last = self.steps[-1]
        short = words.plural(self.needed - last.beds, "bed")
        low = f"{self.aim.low:g}"
        if len(self.steps) == 1:
            return f"Nothing is planned: {low} needs {short} more. {self._filled(last.beds)}"
        there = f"{last.beds:,} on {plain_day(last.day)}, {self._rate(last.beds)} per 100,000"
        return (
            f"What is planned comes to {there}: {low} needs {short} more. {self._filled(last.beds)}"
        )

    def _filled(self, beds: int) -> str:
        """At today's patients, and how many the wanted occupancy is."""
        if not beds:
            return ""
        share = words.share(self.leave.of(Count(beds, self.now.patients), self.now.on_leave))
        wanted = planning.patients_for(beds, self.aim.percent)
        return (
            f"Today’s {words.plural(self.now.patients, 'patient')} would fill {share} of them, "
            f"{self.leave.words}; "
            f"{self.aim.percent:g}% is {words.plural(wanted, 'patient')}."
        )

    def _beds_on(self, day: dt.date) -> int:
        return [step.beds for step in self.steps if step.day <= day][-1]

    def _rate(self, beds: int) -> str:
        assert self.population is not None
        return words.rate(per_100k(Area(beds, self.population.value)))

    @property
    def chart(self) -> SafeString:
        return drawn.plan(self._data)

    @property
    def table(self) -> Table:
        return drawn.rows(self._data)

    @property
    def csv(self) -> list[tuple[str, ...]]:
        planned = [(line.day, line.beds, line.where) for line in self.lines]
        targets = [*self.target_rows, ENGLANDS]
        return in_one(
            [
                ("Beds as planned", self.table),
                ("Planned beds", Table(("From", "Beds", "Where"), planned)),
                ("Targets", Table(("From", "Beds per 100,000", "Occupancy"), targets)),
            ]
        )

    @property
    def _until(self) -> dt.date:
        return max(self.steps[-1].day + _AFTER, self.today + _LEAST)

    @cached_property
    def _data(self) -> drawn.Plan:
        first, last = self.window.first, self.window.last
        return drawn.Plan(
            title=f"Beds of {self.icb.code} as planned",
            steps=[self._step(step) for step in planning.within(self.steps, first, last)],
            bands=self._bands(first, last),
            until=last,
        )

    def _step(self, step: Step) -> drawn.Step:
        rate = self._rate(step.beds) if self.population else "–"
        return drawn.Step(step.day, step.beds, rate, "; ".join(self._why[step.day]))

    @cached_property
    def _why(self) -> defaultdict[dt.date, list[str]]:
        why: defaultdict[dt.date, list[str]] = defaultdict(list)
        for line in self.planned:
            why[line.on].append(f"{signed(line.beds)} {line.where}")
        dated: defaultdict[dt.date, int] = defaultdict(int)
        for day, beds in self.dated:
            dated[day] += beds
        for day, beds in dated.items():
            why[day].append(f"{signed(beds)} entered already")
        return why

    def _bands(self, first: dt.date, last: dt.date) -> list[drawn.Band]:
        if self.population is None:
            return []
        turns = [first, *(t.starts for t in self.targets if first < t.starts < last)]
        return [self._band(day) for day in turns]

    def _band(self, day: dt.date) -> drawn.Band:
        assert self.population is not None
        aim, people = aim_on(self.targets, day), self.population.value
        low, high = beds_needed(people, aim.low), beds_needed(people, aim.high)
        return drawn.Band(day, low, high, f"{aim.low:g} to {aim.high:g}")

    @property
    def nothing_planned(self) -> str:
        """Beds that are entered with a day to come are no wish, and stand in the picture."""
        return (
            "Nothing more than the beds entered already." if self.dated else "Nothing is planned."
        )

    @property
    def lines(self) -> list[PlannedLine]:
        return [
            PlannedLine(line.pk, plain_day(line.on), signed(line.beds), line.where)
            for line in self.planned
        ]

    @property
    def target_rows(self) -> list[tuple[str, str, str]]:
        return [
            (
                plain_day(target.starts),
                f"{target.beds_per_100k_low:g} to {target.beds_per_100k_high:g}",
                f"{100 * target.occupancy:g}%",
            )
            for target in reversed(self.targets)
        ]


def _base_name(base: str) -> str:
    return words.base_words(base).removeprefix("of ").capitalize()


def signed(beds: int) -> str:
    """+12, −5"""
    return f"+{beds}" if beds > 0 else f"−{-beds}"
