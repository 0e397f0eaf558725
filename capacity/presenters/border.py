"""Patients across a border: where an ICB's residents are, whom it looks after, and in whose beds.

What is not known is told as not known, and is nobody's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from django.utils.html import format_html
from django.utils.safestring import SafeString

from capacity.models import IntegratedCareBoard
from capacity.presenters import words
from capacity.reports.border import Border, Lying
from lib import london

NOT_KNOWN = "Not known whose"
HEADINGS = ("Table", "Who", "Patients")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Line:
    """`kind` is own, other, unknown or sum."""

    kind: str
    label: str
    patients: int


@dataclass(frozen=True, slots=True)
class BorderTable:
    """`key` names it on the page; `note` says what it adds up to, or that nobody is in it."""

    key: str
    title: str
    column: str
    lines: list[Line]
    note: str


@dataclass(frozen=True)
class BorderPresenter:
    border: Border

    @property
    def icb(self) -> IntegratedCareBoard:
        return self.border.icb

    @property
    def when(self) -> str:
        return london.long_moment(self.border.at)

    @cached_property
    def sentence(self) -> SafeString:
        """Both ways, and what is not known."""
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

    @property
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
        return [
            HEADINGS,
            *(
                (table.title, line.label, f"{line.patients:,}")
                for table in self.tables
                for line in table.lines
            ),
        ]

    def _residents_table(self) -> BorderTable:
        counts = self._counted(lambda one: one.home == self.icb.pk, lambda one: one.icb)
        lines = [
            Line("own", f"{self.icb.code}’s own beds", counts.pop(self.icb.pk, 0)),
            *self._boards(counts, "Beds of {}"),
            Line("sum", f"Residents of {self.icb.code}, all", self._residents()),
        ]
        note = "Those whose board is known. Where it is not known, a resident is missing here."
        return BorderTable("residents", "Where our residents are looked after", "In", lines, note)

    def _looked_after_table(self) -> BorderTable:
        counts = self._counted(self._is_ours, lambda one: one.home)
        own, unknown = counts.pop(self.icb.pk, 0), counts.pop(None, 0)
        lines = [
            Line("own", f"Residents of {self.icb.code}", own),
            *self._boards(counts, "Residents of {}"),
            Line("unknown", NOT_KNOWN, unknown),
            Line("sum", f"Patients of {self.icb.code}, all", self._here()),
        ]
        note = (
            "All whom this board’s figures count now. A resident is who is registered with a GP "
            "practice there."
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
            Line("other", f"{named[who]}, on wards led by {named[lead]}", patients)
            for (who, lead), patients in sorted(counts.items(), key=lambda item: -item[1])
        ]
        note = (
            "Beds that another organisation reports than the one that leads the ward."
            if lines
            else "Every patient is reported by who leads the ward."
        )
        return BorderTable("reported", "Reported by another organisation", "Who", lines, note)

    def _boards(self, counts: Counter[int] | Counter[int | None], label: str) -> list[Line]:
        ordered = sorted(
            ((self.border.icbs[pk], patients) for pk, patients in counts.items() if pk),
            key=lambda found: (-found[1], found[0].code),
        )
        return [
            Line("other", label.format(f"{icb.code} {icb}"), patients) for icb, patients in ordered
        ]

    def _counted(self, which: Callable[[Lying], bool], by: Callable[[Lying], Key]) -> Counter[Key]:
        counts: Counter[Key] = Counter()
        for one in self.border.lying:
            if which(one):
                counts[by(one)] += one.patients
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
