"""What holds a place back, in one sentence: which pathway, on what it rests, and since when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.safestring import SafeString

from capacity.holding_back import Ground, Held
from capacity.occupancy import Count
from capacity.presenters import words
from capacity.presenters.flows import naming
from capacity.presenters.flows.control import Charted
from capacity.presenters.spans import Span
from capacity.reports.places import Place
from capacity.xmr import Rule, Signal
from lib.charts import control, pairs
from lib.charts.pairs import Pair
from lib.charts.svg import Table
from lib.london import plain_day

MEASURE_OF: Final[Mapping[Ground, str]] = {"waited": "delayed", "turned_away": "turned_away"}
HEADINGS: Final = (
    *("Pathway", "Nights lost", "As beds", "Compared"),
    *("Nights of people ready to leave", "Most wait for"),
    *("Declined for want of a bed", "Median stay, nights"),
)


@dataclass(frozen=True)
class HindrancesPresenter:
    """`held` in order, the costliest first; `charted` are the weeks of what the first rests on."""

    place: Place
    span: Span
    held: Sequence[Held]
    then: Sequence[Held]
    charted: Charted | None

    @property
    def name(self) -> str:
        return self.place.name if self.place.kind == "ward" else self.place.code

    @property
    def first(self) -> Held | None:
        return self.held[0] if self.held else None

    @cached_property
    def sentence(self) -> SafeString:
        if self.first is None or self.charted is None:
            return format_html(
                "No pathway holds {} back: in the {} up to {} nobody who was ready to leave stayed"
                " on, and no referral was declined for want of a bed.",
                self.name,
                words.plural(self.span.days, "day"),
                plain_day(self.span.last),
            )
        return format_html(
            "<strong>{}</strong> holds {} back most: {}, {}. {}",
            words.pathway_name(self.first.pathway),
            self.name,
            self._why(self.first),
            self._as_beds(self.first),
            self.since_words,
        )

    def _why(self, first: Held) -> str:
        """The greater part first; what is nought is not told."""
        parts = [self._waited(first), self._turned_away(first)]
        ordered = parts if first.ground == "waited" else parts[::-1]
        told = ", and ".join(part for part in ordered if part)
        return (
            f"in the {words.plural(self.span.days, 'day')} up to {plain_day(self.span.last)} {told}"
        )

    def _waited(self, first: Held) -> str:
        if not first.waited:
            return ""
        whole = sum(one.waited for one in self.held)
        of_all = "" if whole == first.waited else f", {_share(first.waited, whole)} of all such"
        cause = f", most for {naming.cause(first.cause).lower()}" if first.cause else ""
        nights = words.plural(first.waited, "night")
        return f"people ready to leave stayed on for {nights}{of_all}{cause}"

    def _turned_away(self, first: Held) -> str:
        if not first.turned_away:
            return ""
        whole = sum(one.turned_away for one in self.held)
        of_all = "" if whole == first.turned_away else f" of {whole:,} here"
        were = "was" if first.turned_away == 1 else "were"
        many = words.plural(first.turned_away, "referral")
        return f"{many}{of_all} {were} declined for want of a bed"

    def _as_beds(self, first: Held) -> str:
        beds = first.beds(self.span.days)
        return f"as if {words.rate(beds)} beds had been lost all that time"

    @property
    def since_words(self) -> str:
        """From the control chart: since when it is more than usual, or that no week stands out."""
        charted = self.charted
        if charted is None or not charted.parts:
            return ""
        part, rise = charted.parts[-1], charted.going_on
        each = f"{words.rate(part.limits.mean)} a week"
        if part.provisional and rise is None:
            weeks = words.plural(len(part.values), "week")
            return f"Since when cannot be said yet: {weeks} of it are counted."
        if rise is None:
            began = charted.day(part.first)
            return f"It is no new thing: since {began} it has been about {each}, and goes on so."
        return _risen(rise, charted.day(rise.first), each)

    @property
    def chart(self) -> SafeString:
        """Nights lost, this time and the one compared."""
        before = {one.pathway: one.lost for one in self.then}
        lines = [
            Pair(
                words.pathway_name(one.pathway), round(one.lost), round(before.get(one.pathway, 0))
            )
            for one in self.held
        ]
        return pairs.pairs("Nights lost by pathway", lines)

    @cached_property
    def table(self) -> Table:
        before = {one.pathway: one.lost for one in self.then}
        return Table(HEADINGS, [self._row(one, before.get(one.pathway, 0)) for one in self.held])

    def _row(self, one: Held, before: float) -> tuple[str, ...]:
        return (
            words.pathway_name(one.pathway),
            f"{one.lost:,.0f}",
            words.rate(one.beds(self.span.days)),
            f"{before:,.0f}",
            f"{one.waited:,}",
            naming.cause(one.cause) if one.waited else "–",
            f"{one.turned_away:,}",
            words.nights(one.stay),
        )

    @property
    def weeks_title(self) -> str:
        if self.first is None:
            return ""
        title = naming.MEASURES[MEASURE_OF[self.first.ground]].title
        return f"{title}, {naming.pathway(self.first.pathway)}"

    @property
    def weeks_query(self) -> str:
        """Of the same chart on the page that asks whether a figure is changing."""
        if self.first is None:
            return ""
        said = {"measure": MEASURE_OF[self.first.ground], "pathway": self.first.pathway}
        return urlencode(said | {"to": self.span.last.isoformat()})

    @property
    def weeks_words(self) -> list[str]:
        return self.charted.words if self.charted else []

    @cached_property
    def _drawn(self) -> control.Control:
        assert self.charted is not None
        return self.charted.drawn(self.weeks_title)

    @property
    def weeks_chart(self) -> SafeString:
        return control.control(self._drawn)

    @property
    def weeks_table(self) -> Table:
        return control.rows(self._drawn, "Each week")

    @property
    def csv(self) -> list[tuple[str, ...]]:
        """Exactly what the page shows."""
        lines: list[tuple[str, ...]] = [self.table.headings, *self.table.rows]
        if self.charted is None:
            return lines
        return [*lines, self.weeks_table.headings, *self.weeks_table.rows]


def _risen(rise: Signal, since: str, each: str) -> str:
    weeks = words.plural(rise.last - rise.first + 1, "week")
    if rise.rule == Rule.RUN:
        return f"It is so since {since}: {weeks} above the mean of {each}."
    if rise.rule == Rule.TREND:
        return f"It has risen since {since}, {weeks} in a row."
    if rise.rule == Rule.NEAR:
        return f"Since {since} it has been near its upper limit."
    return f"That is new: the week from {since} lies above the upper limit."


def _share(part: int, whole: int) -> str:
    return words.share(Count(whole, part))
