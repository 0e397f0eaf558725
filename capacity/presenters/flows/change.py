"""Before and after a change, told honestly: the result, its doubt, and what is not in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

from django.utils.safestring import SafeString

from capacity.before_after import (
    FEWEST,
    FEWEST_NIGHTS,
    Comparison,
    Difference,
    StayOf,
    TooFew,
    compare,
)
from capacity.kaplan_meier import Lasted, curve
from capacity.presenters import words
from capacity.presenters.flows import naming
from capacity.presenters.sheets import in_one
from capacity.presenters.spans import day_in
from capacity.presenters.switches import Switch, number_of
from capacity.reports.places import Place
from lib import london
from lib.charts import staying
from lib.charts.staying import Staying
from lib.charts.svg import Table

WINDOWS: Final = {28: "4 weeks either side", 91: "13 weeks", 182: "26 weeks", 364: "52 weeks"}
_BY: Final = {"age": "age band", "route": "route", "source": "source of referral"}


@dataclass(frozen=True, slots=True)
class ChangeChoice:
    """The day of the change, how many days either side, of which pathway (empty: all)."""

    on: dt.date
    days: int = 91
    pathway: str = ""
    misread: bool = False

    @classmethod
    def read(cls, given: Mapping[str, str], counted_on: dt.date) -> ChangeChoice:
        asked = day_in(given.get("on", ""))
        usual = counted_on - dt.timedelta(days=91)
        sound = asked is not None and asked < counted_on
        return cls(
            on=asked if asked and sound else usual,
            days=number_of(given.get("days", ""), WINDOWS, 91),
            pathway=given.get("pathway", "")[:40],
            misread=bool(given.get("on")) and not sound,
        )

    def query(self, **changed: str) -> str:
        said = {"on": self.on.isoformat(), "days": str(self.days), "pathway": self.pathway}
        return urlencode({name: value for name, value in (said | changed).items() if value})

    @property
    def times(self) -> tuple[dt.datetime, dt.datetime, dt.datetime]:
        """From, the change, to: London midnights."""
        edges = (self.on - dt.timedelta(days=self.days), self.on, self.on + dt.timedelta(self.days))
        first, change, last = (london.day_bounds(day)[0] for day in edges)
        return first, change, last


@dataclass(frozen=True)
class ChangePresenter:
    place: Place
    choice: ChangeChoice
    by_pathway: Mapping[str, Sequence[StayOf]]
    followed: int

    @cached_property
    def stays(self) -> list[StayOf]:
        chosen = self.choice.pathway
        return [
            stay
            for code, stays in self.by_pathway.items()
            if not chosen or code == chosen
            for stay in stays
        ]

    @property
    def pathways(self) -> list[tuple[str, str, bool]]:
        """Code, name, whether chosen: those of which a stay began in the time."""
        known = sorted({*self.by_pathway, *filter(None, [self.choice.pathway])})
        return [(code, naming.pathway(code), code == self.choice.pathway) for code in ["", *known]]

    @cached_property
    def found(self) -> Comparison | TooFew:
        return compare(self.stays, followed=self.followed)

    @property
    def title(self) -> str:
        return f"{naming.pathway(self.choice.pathway)} at {self.place.name}"

    @property
    def day(self) -> str:
        return london.plain_day(self.choice.on)

    @property
    def sentence(self) -> str:
        if isinstance(self.found, TooFew):
            return self._refused(self.found)
        return f"{self.title}, from {self.day}: {result(self.found.adjusted)}"

    def _refused(self, few: TooFew) -> str:
        if few.followed < FEWEST_NIGHTS:
            return (
                f"{self.day} is {words.plural(few.followed, 'night')} ago: nothing is said before"
                f" {FEWEST_NIGHTS} have passed."
            )
        return (
            f"Too few to say: {words.plural(few.before, 'stay')} before {self.day} and"
            f" {few.after:,} after; at least {FEWEST} are needed on either side."
        )

    @property
    def comparison(self) -> Comparison | None:
        return self.found if isinstance(self.found, Comparison) else None

    @cached_property
    def table(self) -> Table:
        if isinstance(self.found, TooFew):
            return Table(
                ("When", "Stays"),
                [("Before", str(self.found.before)), ("After", str(self.found.after))],
            )
        bound = self.found.bound
        headings = (
            "When",
            "Stays begun",
            "Still open",
            "Median nights",
            f"Mean nights, up to {bound}",
        )
        sides = (("Before", self.found.before), ("After", self.found.after))
        return Table(
            headings,
            [
                (name, f"{s.stays:,}", f"{s.still_open:,}", _half(s.median), f"{s.mean:.1f}")
                for name, s in sides
            ],
        )

    @property
    def notes(self) -> list[str]:
        """How it was reckoned, and what it does not say."""
        if self.comparison is None:
            return [_HOSPITAL]
        return [
            f"As they were, not adjusted: {result(self.comparison.crude)}",
            self._adjusted_words(self.comparison),
            *self._left_words(self.comparison),
            self._bound_words(self.comparison),
            _HOSPITAL,
            _NEVER_WHY,
        ]

    def _bound_words(self, found: Comparison) -> str:
        return (
            f"Each stay counts up to {found.bound} nights, so that those still open can be counted"
            " as lasting at least so long. The range holds the truth in 95 of 100 such comparisons"
            " (Greenwood’s variance)."
        )

    def _adjusted_words(self, found: Comparison) -> str:
        named = [_BY[name] for name in found.adjusted_for]
        left = [label for name, label in _BY.items() if name not in found.adjusted_for]
        coarse = f" The numbers do not bear {naming.listed(left)} as well." if left else ""
        done = (
            f"Adjusted for {naming.listed(named)}: both times are brought to the mix of both"
            " together (direct standardisation)."
            if named
            else "Not adjusted for the mix of patients."
        )
        return (
            f"{done}{coarse} Not adjusted for how ill people were, sex, deprivation, where they"
            " live or the season, which may differ."
        )

    def _left_words(self, found: Comparison) -> list[str]:
        if not found.left_out:
            return []
        many = words.plural(found.left_out, "stay")
        return [f"{many} of kinds too rare on one side are left out of the adjusted figure."]

    @property
    def _curves(self) -> list[Staying]:
        sides = (("before", False), ("after", True))
        return [
            Staying(name, [(s.nights, s.staying) for s in curve(self._lasted(after=after)).steps])
            for name, after in sides
        ]

    def _lasted(self, *, after: bool) -> list[Lasted]:
        return [one.lasted for one in self.stays if one.after is after]

    @property
    def curve_chart(self) -> SafeString:
        return staying.staying("Share of stays that last longer, before and after", self._curves)

    @property
    def curve_table(self) -> Table:
        return staying.rows(self._curves)

    @property
    def windows(self) -> list[Switch]:
        return [
            Switch(label, self.choice.query(days=str(days)), days == self.choice.days)
            for days, label in WINDOWS.items()
        ]

    @property
    def csv(self) -> list[tuple[str, ...]]:
        sheets = [(f"Before and after {self.day}", self.table)]
        if self.comparison:
            sheets.append(("Share that stays longer", self.curve_table))
        return [*in_one(sheets), (), (self.sentence,), *((note,) for note in self.notes)]


_HOSPITAL: Final = (
    "Nights in hospital do not count, neither before a step-down nor after a return: this service"
    " knows the nights on its own wards only. “From twelve days to seven” may mean hospital and"
    " home together; this does not."
)
_NEVER_WHY: Final = (
    "What else changed at the time is not known here: a comparison in time shows that stays"
    " changed, never why."
)


def result(of: Difference) -> str:
    """shorter by 2.1 nights, between 0.9 and 3.4; or that chance would do as well."""
    if not of.told_from_chance:
        return (
            "no difference can be told from chance: anywhere from"
            f" {_way(of.low)} to {_way(of.high)}."
        )
    way = "shorter" if of.nights < 0 else "longer"
    low, high = sorted((abs(of.low), abs(of.high)))
    return f"{way} by {_nights(abs(of.nights))}, between {low:.1f} and {high:.1f}."


def _way(nights: float) -> str:
    return f"{_nights(abs(nights))} {'shorter' if nights < 0 else 'longer'}"


def _nights(nights: float) -> str:
    return f"{nights:.1f} nights"


def _half(nights: float | None) -> str:
    return "not yet" if nights is None else f"{nights:g}"
