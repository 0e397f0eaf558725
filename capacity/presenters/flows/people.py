"""Who was admitted, by age and sex beside the population, by ethnic group and deprivation.

Who may not see small numbers sees each table as `capacity.disclosure` makes it fit, and shares and
rates of what is shown only: from a share of the true number that number could be had back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

from capacity.disclosure import Cell, Shown
from capacity.presenters import words
from capacity.presenters.flows import naming
from capacity.presenters.flows.breakdowns import Breakdown, change, fitted
from capacity.reports.by_age import ByAge, Person
from capacity.reports.movements import Tally
from capacity.reports.places import ICB, Place
from lib import london
from lib.charts import pairs
from lib.charts.pairs import Pair
from lib.charts.svg import Table

OTHER_SEX: Final = "other"
SEXES: Final = {"female": "Female", "male": "Male"}
_SEX_NAMES: Final = {**SEXES, OTHER_SEX: "Other or not recorded"}


@dataclass(frozen=True, slots=True)
class Beside:
    """One line: how many were admitted, now and compared, and of how many people; None as to
    those admitted: not shown."""

    name: str
    now: int | None
    then: int | None
    people: int | None

    @property
    def anybody(self) -> bool:
        """Also who may not be shown."""
        return self.now != 0 or self.then != 0

    def share(self, whole: int | None) -> float | None:
        """Per cent of those admitted; of a rounded number never more than all."""
        return None if self.now is None or not whole else min(100.0, 100 * self.now / whole)

    @property
    def rate(self) -> float | None:
        """Per 100,000 of these people in the time."""
        return None if self.now is None or not self.people else 100_000 * self.now / self.people


@dataclass(frozen=True, slots=True)
class BesideTable:
    """A breakdown whose light bars are the population's shares, where one is loaded."""

    key: str
    title: str
    lines: Sequence[Beside]
    whole: Beside
    note: str

    @property
    def anybody(self) -> bool:
        return any(line.anybody for line in self.lines)

    @property
    def _known(self) -> bool:
        return self.whole.people is not None

    def of_population(self, line: Beside) -> float | None:
        return None if not line.people else 100 * line.people / (self.whole.people or 1)

    @property
    def chart(self) -> SafeString:
        if not self._known:
            return pairs.pairs(self.title, [Pair(o.name, o.now, o.then) for o in self.lines])
        told = [
            Pair(
                f"{line.name}, %",
                _rounded(line.share(self.whole.now)),
                _rounded(self.of_population(line)),
            )
            for line in self.lines
            if line.people
        ]
        return pairs.pairs(self.title, told, other="of the population")

    @property
    def table(self) -> Table:
        beside = ("Of the population", "Per 100,000") if self._known else ()
        headings = (self.title, "Admitted", "Share", *beside, "Compared", "Change")
        return Table(headings, [self._cells(line) for line in (*self.lines, self.whole)])

    def _cells(self, line: Beside) -> tuple[str, ...]:
        beside = (_percent(self.of_population(line)), rate_words(line)) if self._known else ()
        share = "hidden" if line.now is None else _percent(line.share(self.whole.now))
        compared = _told(line.then), change(line.now, line.then)
        return (line.name, _told(line.now), share, *beside, *compared)


@dataclass(frozen=True, slots=True)
class CrossTable:
    """Age bands down, sexes across, each with its rate where the population is loaded."""

    key: str
    title: str
    note: str
    lines: Sequence[tuple[str, Sequence[Beside]]]
    sexes: Sequence[str]

    @property
    def anybody(self) -> bool:
        return any(one.anybody for _, cells in self.lines for one in cells)

    @property
    def _known(self) -> bool:
        return any(one.people for _, cells in self.lines for one in cells)

    @property
    def chart(self) -> SafeString:
        """Of the rates where there are any, else of the numbers."""

        def height(one: Beside) -> float | None:
            return _rounded(one.rate) if self._known else one.now

        what = ", per 100,000" if self._known else ""
        told = [Pair(f"{name}{what}", height(row[0]), height(row[1])) for name, row in self.lines]
        return pairs.pairs(self.title, told, other="male")

    @property
    def table(self) -> Table:
        headings = [
            heading
            for sex in self.sexes
            for heading in (
                _SEX_NAMES[sex],
                *(["Per 100,000 of them"] if self._known and sex in SEXES else []),
            )
        ]
        return Table(("Age", *headings), [self._cells(*row) for row in self.lines])

    def _cells(self, name: str, row: Sequence[Beside]) -> tuple[str, ...]:
        cells = [
            text
            for sex, one in zip(self.sexes, row, strict=True)
            for text in (
                _told(one.now),
                *([rate_words(one)] if self._known and sex in SEXES else []),
            )
        ]
        return (name, *cells)


@dataclass(frozen=True)
class PeoplePresenter:
    """`exact`: the reader may see small numbers of personal characteristics."""

    place: Place
    days: int
    now: Tally
    then: Tally
    population: ByAge | None
    exact: bool

    @cached_property
    def tables(self) -> list[BesideTable | CrossTable | Breakdown]:
        """Each with a key, title, note, lines, chart and table."""
        return [self._ages, self._sexes, self._both, *self._others()]

    @cached_property
    def sentence(self) -> SafeString | str:
        """Of the band that is admitted most beyond its share, among those that are shown."""
        if not self.now.number("admitted"):
            return "Nobody was admitted in this time."
        found = [line for line in self._ages.lines if line.now and line.rate is not None]
        if not found:
            return "" if self.population is None else "Too few were admitted to tell their ages."
        most = max(found, key=lambda line: line.rate or 0)
        return format_html(
            "{} are <strong>{}</strong> of the population and <strong>{}</strong> of those"
            " admitted: {} per 100,000 of them in {}, and {} of everybody.",
            _people_of(most.name),
            _whole_percent(self._ages.of_population(most)),
            _whole_percent(most.share(self._ages.whole.now)),
            rate_words(most),
            words.plural(self.days, "day"),
            rate_words(self._ages.whole),
        )

    @property
    def note(self) -> str:
        """Whence the population, whose residents are counted, and what is hidden."""
        hidden = (
            ""
            if self.exact
            else " Numbers of 1 to 7 are hidden, with as many others as could tell them; the rest"
            " are rounded to 5, and shares and rates are of the rounded numbers."
        )
        return self._population_words + self._residents_words + hidden

    @property
    def _population_words(self) -> str:
        known = self.population
        if known is not None:
            return (
                f"Population: {known.whole:,}, {known.source}, {london.plain_day(known.as_of)}."
                " Neither its ethnic groups nor its deprivation are held."
            )
        if self.place.kind == ICB:
            return (
                f"No population by age and sex is loaded for {self.place.code}: shares are of"
                " those admitted only."
            )
        return "A population is a board’s: shares are of those admitted here only."

    @property
    def _residents_words(self) -> str:
        if self.population is None or not (whole := self.now.number("admitted")):
            return ""
        homes = self.now.by("admitted", "home")
        own, unknown = homes[str(self.place.pk)], homes[""]
        return (
            f" Counted is everybody admitted here: of {whole:,}, {own:,} are residents of"
            f" {self.place.code}, {whole - own - unknown:,} of other boards, of {unknown:,} it is"
            " not known."
        )

    @cached_property
    def _shown(self) -> tuple[Mapping[Cell, int | None], Mapping[Cell, int | None]]:
        now, then = (_persons(tally) for tally in (self.now, self.then))
        return self._fit(now), self._fit(then)

    def _fit(self, counts: Counter[Person]) -> Mapping[Cell, int | None]:
        """By age and sex with all sums; every cell is there."""
        every = {(age, sex): counts[age, sex] for age in naming.AGES for sex in _SEX_NAMES}
        return fitted(every, exact=self.exact).cells

    def _line(self, name: str, cell: Cell) -> Beside:
        age, sex = cell
        now, then = self._shown
        known = self.population
        people = None if known is None or sex == OTHER_SEX else known.of(age, sex)
        return Beside(name, now[cell], then[cell], people)

    @cached_property
    def _whole(self) -> Beside:
        """How many were admitted is an operational count: known to whoever sees the page."""
        people = None if self.population is None else self.population.whole
        return Beside("All", self.now.number("admitted"), self.then.number("admitted"), people)

    @cached_property
    def _ages(self) -> BesideTable:
        lines = [self._line(name, (age, None)) for age, name in naming.AGES.items()]
        return BesideTable("admitted-age", "Age", lines, self._whole, self._shares_note)

    @cached_property
    def _sexes(self) -> BesideTable:
        lines = [self._line(_SEX_NAMES[sex], (None, sex)) for sex in self._columns]
        return BesideTable("admitted-sex", "Sex", lines, self._whole, self._shares_note)

    @cached_property
    def _both(self) -> CrossTable:
        rows = [
            (name, [self._line(name, (age, sex)) for sex in self._columns])
            for age, name in naming.AGES.items()
        ]
        note = "In this time. Dark: female. Light: male."
        return CrossTable("admitted-age-sex", "Age and sex", note, rows, self._columns)

    @property
    def _columns(self) -> list[str]:
        """Other or not recorded where there is anybody, which not every reader may know."""
        here = _persons(self.now) + _persons(self.then)
        others = not self.exact or any(sex == OTHER_SEX for _, sex in here)
        return [*SEXES, *([OTHER_SEX] if others else [])]

    @property
    def _shares_note(self) -> str:
        if self.population is None:
            return ""
        return "Dark: of those admitted in this time. Light: of the population."

    def _others(self) -> list[Breakdown]:
        """What no population is held of."""
        return [
            self._of("ethnicity", "Ethnic group", naming.recorded),
            self._of("decile", "Deprivation decile", naming.decile, naming.DECILES),
        ]

    def _of(
        self,
        dimension: str,
        title: str,
        name: Callable[[str], str],
        order: Sequence[str] | None = None,
    ) -> Breakdown:
        counts = [tally.by("admitted", dimension) for tally in (self.now, self.then)]
        values = [*(order or sorted({*counts[0], *counts[1], ""}))]
        now, then = (
            fitted({(value, ""): column[value] for value in values}, exact=self.exact)
            for column in counts
        )
        lines = [
            (name(value), now.cells[value, None], then.cells[value, None])
            for value in order or self._order(counts, [now, then])
        ]
        return Breakdown(f"admitted-{dimension}", title, lines if any(counts) else [])

    def _order(self, counts: Sequence[Counter[str]], shown: Sequence[Shown]) -> list[str]:
        """The most frequent first; by name where even the order would tell what is hidden, without
        those who are in a time of which nothing is told."""
        if self.exact:
            return sorted({*counts[0], *counts[1], ""}, key=lambda one: (-counts[0][one], one))
        told = [
            value
            for column, its in zip(counts, shown, strict=True)
            for value in column
            if not its.withheld
        ]
        return [*sorted({*told} - {""}), ""]


def _persons(tally: Tally) -> Counter[Person]:
    found: Counter[Person] = Counter()
    for value, number in tally.by("admitted", "age and sex").items():
        age, _, sex = value.partition(" ")
        found[age, sex if sex in SEXES else OTHER_SEX] += number
    return found


def rate_words(line: Beside) -> str:
    if line.now is None:
        return "hidden"
    return "–" if line.rate is None else words.rate(line.rate)


def _told(number: int | None) -> str:
    """The page's note says what is hidden."""
    return "hidden" if number is None else f"{number:,}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{words.rate(share)}%"


def _whole_percent(share: float | None) -> str:
    if share is None:
        return "–"
    return "under 1%" if 0 < share < 0.5 else f"{share:.0f}%"


def _rounded(value: float | None) -> float | None:
    """As its label says it."""
    return None if value is None else round(value, 1)


def _people_of(band: str) -> str:
    """Under 18 → People under 18; 85 and over → People of 85 and over."""
    return f"People {band.lower()}" if band.startswith("Under") else f"People of {band}"
