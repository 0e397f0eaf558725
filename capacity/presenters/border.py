"""Patients across a border: where an ICB's residents are, whom it looks after, and in whose beds.

What is not known is told as not known, and is nobody's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.safestring import SafeString

from capacity.models import IntegratedCareBoard
from capacity.presenters import words
from capacity.presenters.flows.breakdowns import cells
from capacity.presenters.sheets import in_one
from capacity.presenters.spans import LONGEST, day_in
from capacity.presenters.switches import Switch
from capacity.reports.border import Border, Lying
from lib import london
from lib.charts import pairs
from lib.charts.pairs import Pair
from lib.charts.svg import Table

NOT_KNOWN = "Not known whose"
# Of other boards, in a picture that is to be taken in at a glance.
MOST_DRAWN: Final = 10
_BACK: Final = {28: "4 weeks before", 364: "52 weeks before"}
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The 08:00 count that the page compares with. `misread`: what was asked for is no day up to
    the last count, so the usual one is shown instead."""

    day: dt.date
    counted_on: dt.date
    misread: bool = False

    @classmethod
    def read(cls, given: Mapping[str, str], counted_on: dt.date) -> Earlier:
        """From an address, `on` as 2026-11-26 or 26/11/2026."""
        asked = given.get("on", "")
        day = day_in(asked)
        if day and counted_on - LONGEST <= day <= counted_on:
            return cls(day, counted_on)
        return cls(counted_on - dt.timedelta(days=28), counted_on, misread=bool(asked))

    @property
    def at(self) -> dt.datetime:
        return london.count_instant(self.day)

    @property
    def words(self) -> str:
        return f"08:00 on {london.plain_day(self.day)}"

    @property
    def query(self) -> str:
        return urlencode({"on": self.day.isoformat()})

    @property
    def shortcuts(self) -> list[Switch]:
        days = {self.counted_on - dt.timedelta(days=back): label for back, label in _BACK.items()}
        return [
            Switch(label, urlencode({"on": day.isoformat()}), day == self.day)
            for day, label in days.items()
        ]


@dataclass(frozen=True, slots=True)
class Line:
    """`kind` is own, other, unknown or sum; `before` are those of the count compared with."""

    kind: str
    label: str
    patients: int
    before: int

    @property
    def cells(self) -> tuple[str, ...]:
        return cells(self.label, self.patients, self.before)


@dataclass(frozen=True, slots=True)
class BorderTable:
    """`key` names it on the page; `note` says what it adds up to, or that nobody is in it."""

    key: str
    title: str
    column: str
    lines: list[Line]
    note: str

    @property
    def headings(self) -> tuple[str, ...]:
        return (self.column, "Patients now", "Compared", "Change")

    @property
    def table(self) -> Table:
        return Table(self.headings, [line.cells for line in self.lines])

    @property
    def chart(self) -> SafeString:
        """A sum is no part beside its parts; of many boards those that have most."""
        parts = [Pair(line.label, line.patients, line.before) for line in self.drawn]
        return pairs.pairs(self.title, parts)

    @property
    def drawn(self) -> list[Line]:
        others = [line for line in self.lines if line.kind == "other"]
        left_out = {*others[MOST_DRAWN:]}
        return [line for line in self.lines if line.kind != "sum" and line not in left_out]

    @property
    def chart_note(self) -> str:
        parts = sum(line.kind != "sum" for line in self.lines)
        more = parts - len(self.drawn)
        return f"{more:,} more, with fewer patients, stand in the table." if more else ""


class _Counted(dict[Key, list[int]]):
    """Now and then, by what they are counted by; nobody is nought both times."""

    def line(self, kind: str, label: str, key: Key) -> Line:
        return Line(kind, label, *self.pop(key, [0, 0]))

    def whole(self, label: str) -> Line:
        return Line("sum", label, *(sum(found[n] for found in self.values()) for n in (0, 1)))


@dataclass(frozen=True)
class BorderPresenter:
    """The border now, and `then` at the count that it is compared with."""

    border: Border
    then: Border
    earlier: Earlier

    @property
    def icb(self) -> IntegratedCareBoard:
        return self.border.icb

    @property
    def when(self) -> str:
        return london.long_moment(self.border.at)

    @cached_property
    def sentence(self) -> SafeString:
        """Both ways, and what is not known."""
        if not self.border.lying:
            return format_html(
                "{} looks after nobody now, and none of its residents is known to be looked after "
                "elsewhere.",
                self.icb.code,
            )
        told = format_html(
            "{} looks after <strong>{}</strong>: {} of its own residents, {} of other boards, "
            "{} of whom it is not known.",
            self.icb.code,
            words.plural(self._here(), "patient"),
            *(f"{number:,}" for number in (self._of_home(own=True), self._of_home(own=False))),
            f"{self._unknown:,}",
        )
        away = self._residents() - self._of_home(own=True)
        verb = "is" if away == 1 else "are"
        return format_html(
            "{} <strong>{}</strong> of its residents {} looked after elsewhere.",
            told,
            f"{away:,}",
            verb,
        )

    @cached_property
    def tables(self) -> list[BorderTable]:
        return [
            self._residents_table(),
            self._looked_after_table(),
            self._beds_table(),
            self._reported_table(),
        ]

    @property
    def csv(self) -> list[tuple[str, ...]]:
        """Exactly what the tables show."""
        return in_one([(one.title, one.table) for one in self.tables if one.lines])

    def _residents_table(self) -> BorderTable:
        pk = self.icb.pk
        counts = self._counted(lambda one: one.home == pk, lambda one: one.icb)
        whole = counts.whole(f"Residents of {self.icb.code}, all")
        lines = [
            counts.line("own", f"{self.icb.code}’s own beds", pk),
            *self._boards(counts, "Beds of {}"),
            whole,
        ]
        note = "Those whose board is known. Where it is not known, a resident is missing here."
        return BorderTable("residents", "Where our residents are looked after", "In", lines, note)

    def _looked_after_table(self) -> BorderTable:
        counts = self._counted(self._is_ours, lambda one: one.home)
        whole = counts.whole(f"Patients of {self.icb.code}, all")
        own = counts.line("own", f"Residents of {self.icb.code}", self.icb.pk)
        unknown = counts.line("unknown", NOT_KNOWN, None)
        lines = [
            own,
            *self._boards(counts, "Residents of {}"),
            unknown,
            whole,
        ]
        note = (
            "All whom this board’s figures count. Residents are registered with a GP practice "
            "there, as is known today."
        )
        return BorderTable("looked-after", "Whom we look after", "Whose resident", lines, note)

    def _beds_table(self) -> BorderTable:
        ours, pk = self._is_ours, self.icb.pk
        out = self._counted(lambda one: ours(one) and one.ward_icb != pk, lambda one: one.ward_icb)
        into = self._counted(lambda one: not ours(one) and one.ward_icb == pk, lambda one: one.icb)
        lines = [
            *self._boards(out, "Our beds on wards of {}"),
            *self._boards(into, "On our wards, in beds of {}"),
        ]
        note = (
            "Counted with who commissions the bed."
            if lines
            else "Nobody lies in a bed that one board commissions on a ward of another."
        )
        return BorderTable("beds", "In a bed on another board’s ward", "Which", lines, note)

    def _reported_table(self) -> BorderTable:
        counts = self._counted(
            lambda one: self._is_ours(one) and one.provider != one.lead,
            lambda one: (one.provider, one.lead),
        )
        named = self.border.providers
        lines = [
            Line("other", f"{named[who]}, on wards led by {named[lead]}", now, then)
            for (who, lead), (now, then) in sorted(counts.items(), key=lambda item: -item[1][0])
        ]
        note = (
            "Beds that another organisation reports than the one that leads the ward."
            if lines
            else "Every patient is reported by who leads the ward."
        )
        return BorderTable("reported", "Reported by another organisation", "Who", lines, note)

    def _boards(
        self, counts: Mapping[int, list[int]] | Mapping[int | None, list[int]], label: str
    ) -> list[Line]:
        """Those with most patients first, now or else then."""
        icbs = self.border.icbs
        found = [(icbs[pk], now, then) for pk, (now, then) in counts.items() if pk]
        found.sort(key=lambda line: (-line[1], -line[2], line[0].code))
        return [
            Line("other", label.format(f"{icb.code} {icb}"), now, then) for icb, now, then in found
        ]

    def _counted(self, which: Callable[[Lying], bool], by: Callable[[Lying], Key]) -> _Counted[Key]:
        counts: _Counted[Key] = _Counted()
        for place, border in enumerate((self.border, self.then)):
            for one in border.lying:
                if which(one):
                    counts.setdefault(by(one), [0, 0])[place] += one.patients
        return counts

    def _is_ours(self, one: Lying) -> bool:
        return one.icb == self.icb.pk

    def _here(self) -> int:
        return sum(one.patients for one in self.border.lying if self._is_ours(one))

    def _residents(self) -> int:
        return sum(one.patients for one in self.border.lying if one.home == self.icb.pk)

    def _of_home(self, *, own: bool) -> int:
        known = (one for one in self.border.lying if self._is_ours(one) and one.home is not None)
        return sum(one.patients for one in known if (one.home == self.icb.pk) is own)

    @property
    def _unknown(self) -> int:
        return sum(
            one.patients for one in self.border.lying if self._is_ours(one) and one.home is None
        )
