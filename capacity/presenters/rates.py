"""Beds per 100,000 on a named base, against the 40 to 50 that are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from capacity.presenters import words
from capacity.reports.populations import Rate
from capacity.reports.published import Printed
from lib.charts import bars
from lib.charts.bars import Bar, Per100k


@dataclass(frozen=True, slots=True)
class RatePresenter:
    """`rate` on the chosen base, `other` on the other one; England as last published on each."""

    code: str
    rate: Rate
    other: Rate | None
    published: Sequence[Printed]

    @property
    def chart(self) -> SafeString:
        own = Bar(self.code, self.rate.per_100k, own=True)
        england = [Bar("England", month.per_100k) for month in self._england_on_base()]
        short = self.rate.short(40)
        told = f"{words.plural(short, 'bed')} short" if short else ""
        title = words.base_title(self.rate.population)
        return bars.per_100k(Per100k(bars=[own, *england], base=title, short=told))

    @property
    def england_note(self) -> str:
        """Which month England's bar is of; the two bases are never joined."""
        return "".join(
            f"England as published for {words.month_name(month.month)}, on the same base."
            for month in self._england_on_base()
        )

    def _england_on_base(self) -> list[Printed]:
        same = [
            m for m in self.published if m.code == "ENGLAND" and m.base == self.rate.population.base
        ]
        return same[-1:]

    @property
    def notes(self) -> list[str]:
        people, as_of = f"{self.rate.population.value:,}", f"{self.rate.population.as_of:%B %Y}"
        return [
            f"Base: {people} registered {words.base_words(self.rate.population.base)}, {as_of}.",
            "; ".join(self._needed(rate) for rate in (40, 50)) + ".",
        ]

    def _needed(self, rate: int) -> str:
        return f"{rate} is {self.rate.needed(rate):,} beds, {self.rate.short(rate):,} short"

    @property
    def other_note(self) -> str:
        other = self.other
        if other is None:
            return ""
        return (
            f"On {other.population.value:,} {words.base_words(other.population.base)}: "
            f"{words.rate(other.per_100k)}, and {other.short(40):,} short of 40. "
            "The two bases are never joined in one line."
        )

    @property
    def sentence(self) -> SafeString:
        """As the sentence goes on after the beds."""
        return format_html(
            "<strong>{} per 100,000</strong> {}; {}",
            words.rate(self.rate.per_100k),
            words.base_words(self.rate.population.base),
            self._short_words(),
        )

    def _short_words(self) -> SafeString:
        short = self.rate.short(40)
        if short == 0:
            return format_html("that is the 40 wanted")
        return format_html("40 needs <strong>{} more</strong>", f"{short:,}")
