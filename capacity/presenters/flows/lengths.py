"""How long stays last: the curve with those still open, by pathway, and those that ended."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

from capacity.kaplan_meier import Curve, Lasted, curve
from capacity.presenters import words
from capacity.presenters.sheets import in_one
from capacity.presenters.spans import Span
from capacity.reports.places import Place
from capacity.reports.stayed import Stays
from lib.charts import bars, staying
from lib.charts.bars import Bar
from lib.charts.staying import Staying
from lib.charts.svg import Table

LONGEST: Final = 20


@dataclass(frozen=True)
class LengthsPresenter:
    """Stays begun in the time, followed until now; and apart, those that ended in it."""

    place: Place
    span: Span
    stays: Sequence[Stays]
    before: Sequence[Stays] = ()

    def _part(self, part: str) -> list[Stays]:
        return [one for one in self.stays if one.part == part]

    @cached_property
    def compared(self) -> Curve:
        """Of those that began in the time compared."""
        return curve(one.lasted for one in self.before if one.part == "here")

    @property
    def compared_words(self) -> str:
        if not self.compared.stays:
            return f"No stay began here from {self.span.compared_words}."
        return (
            f"Of the {words.plural(self.compared.stays, 'stay')} that began from"
            f" {self.span.compared_words} half lasted {nights_told(self.compared.median)} or less;"
            f" the mean is {_mean(self.compared)}."
        )

    @cached_property
    def here(self) -> Curve:
        return curve(one.lasted for one in self._part("here"))

    @cached_property
    def whole(self) -> Curve:
        return curve(one.lasted for one in self._part("whole"))

    @property
    def sentence(self) -> SafeString:
        if not self.here.stays:
            return format_html("No stay began here from {}.", self.span.words)
        if self.here.median is None:
            return format_html(
                "Fewer than half of the {} that began from {} have ended: how long half of them"
                " last cannot be said yet.",
                words.plural(self.here.stays, "stay"),
                self.span.words,
            )
        return format_html(
            "Half of the stays that began from {} last <strong>{}</strong> or less; the mean is"
            " <strong>{}</strong>.",
            self.span.words,
            nights_told(self.here.median),
            _mean(self.here),
        )

    @property
    def censored_words(self) -> str:
        """In words: what is censored, and how many; nothing where nobody came."""
        if not self.here.stays:
            return ""
        if not self.here.still_open:
            return f"All {words.plural(self.here.stays, 'stay')} have ended: nothing is estimated."
        return (
            f"{self.here.still_open:,} of {words.plural(self.here.stays, 'stay')} are still open."
            " Each is known to have lasted as long as it has, and no more: it counts as being"
            " there until now and is then left out of sight, neither dropped nor called ended"
            " (Kaplan–Meier)."
        )

    @property
    def parts_words(self) -> str:
        """Where people move between wards, a place's part is shorter than the spell."""
        if not self.here.stays:
            return ""
        if self.here == self.whole:
            return "No stay here was part of a longer spell elsewhere."
        return (
            "From admission to discharge, other wards included, the median is"
            f" {nights_told(self.whole.median)} and the mean {_mean(self.whole)}. Of the part"
            f" spent here the median is {nights_told(self.here.median)} and the mean"
            f" {_mean(self.here)}."
        )

    @property
    def _curves(self) -> list[Staying]:
        shown = [Staying("here", _points(self.here))]
        if self.here != self.whole:
            shown.append(Staying("whole spell", _points(self.whole)))
        return shown

    @property
    def curve_chart(self) -> SafeString:
        return staying.staying("Share of stays that last longer", self._curves)

    @property
    def curve_table(self) -> Table:
        return staying.rows(self._curves)

    @cached_property
    def pathways(self) -> Table:
        by_pathway: defaultdict[str, list[Lasted]] = defaultdict(list)
        for one in self._part("here"):
            by_pathway[one.pathway].append(one.lasted)
        curves = {code: curve(known) for code, known in by_pathway.items()}
        order = sorted(curves, key=lambda code: (-curves[code].stays, code))
        rows = [(words.pathway_name(code), *_row(curves[code])) for code in order]
        headings = ("Pathway", "Stays begun", "Still open", "Median", "Nine in ten by", "Mean")
        before = (f"All, {self.span.compared_words}", *_row(self.compared))
        return Table(headings, [*rows, ("All", *_row(self.here)), before])

    @cached_property
    def ended(self) -> list[int]:
        """Nights of those that ended in the time: the dashboard's own."""
        known = [one.lasted for one in self._part("ended")]
        return sorted(n for one in known for n in [one.nights] * one.count)

    @property
    def ended_words(self) -> str:
        if not self.ended:
            return "No stay ended in this time."
        many = words.plural(len(self.ended), "stay")
        return (
            f"{many} ended in the time, whenever they began. These are the dashboard’s; they"
            " leave out those still here, who are often the long ones."
        )

    @property
    def _bars(self) -> list[Bar]:
        counted = Counter(min(nights, LONGEST) for nights in self.ended)
        return [Bar(f"{n}+" if n == LONGEST else str(n), counted[n]) for n in range(LONGEST + 1)]

    @property
    def ended_chart(self) -> SafeString:
        return bars.histogram("Nights of the stays that ended", self._bars)

    @property
    def ended_table(self) -> Table:
        return bars.bars_rows("Nights", self._bars)

    @property
    def csv(self) -> list[tuple[str, ...]]:
        return in_one(
            [
                ("By pathway, stays begun", self.pathways),
                ("Share that stays longer", self.curve_table),
                ("Nights of the stays that ended", self.ended_table),
            ]
        )


def _points(of: Curve) -> list[tuple[int, float]]:
    return [(step.nights, step.staying) for step in of.steps]


def nights_told(nights: float | None) -> str:
    """A number, or that fewer have left than it takes to say."""
    if nights is None:
        return "not known yet"
    return f"{nights:g} night" if nights == 1 else f"{nights:g} nights"


def _mean(of: Curve) -> str:
    if of.still_open:
        return f"{of.mean():.1f} nights, counting each up to {of.longest}"
    return f"{of.mean():.1f} nights"


def _row(of: Curve) -> tuple[str, ...]:
    half, most = of.median, of.by(0.9)
    return (
        f"{of.stays:,}",
        f"{of.still_open:,}",
        "not yet" if half is None else f"{half:g}",
        "not yet" if most is None else f"{most:g}",
        f"{of.mean():.1f}",
    )
