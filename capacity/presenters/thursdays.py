"""How frozen Thursdays are told, and the table that may leave for a wider public."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from capacity.models import IntegratedCareBoard
from capacity.occupancy import SMALLEST_SHOWN
from capacity.presenters.sitreps import change
from capacity.presenters.words import pathway_name, share
from capacity.reports.thursdays import FrozenMorning, Publication
from lib import london
from lib.downloads import Value

HIDDEN = "–"
SUPPRESSED = (
    f"It is 1 to {SMALLEST_SHOWN - 1}, or another count from which one of these could be had back."
)
ROUNDED = (
    "Other counts of patients are rounded to the nearest 5, each by itself: they need not add up. "
    "Beds are as they are."
)


@dataclass(frozen=True, slots=True)
class MorningPresenter:
    morning: FrozenMorning

    @property
    def day(self) -> str:
        return london.plain_day(self.morning.thursday.day)

    @property
    def occupancy(self) -> str:
        return share(self.morning.full)

    @property
    def corrected(self) -> str:
        then, now = self.morning.then, self.morning.now
        if now is None:
            return "not known"
        if then == now:
            return "none"
        beds, patients = change(then.beds, now.beds), change(then.patients, now.patients)
        return f"beds {beds}, patients {patients}"

    @property
    def frozen(self) -> str:
        return london.dated(self.morning.thursday.frozen_at)


@dataclass(frozen=True)
class PublicationPresenter:
    icb: IntegratedCareBoard
    publication: Publication

    @property
    def title(self) -> str:
        return f"{london.long_day(self.publication.thursday.day)}, 08:00"

    @property
    def file_name(self) -> str:
        return f"{self.icb.code}-{self.publication.thursday.day}-for-publication"

    @property
    def columns(self) -> list[str]:
        return [*self.publication.patients.columns, "All providers"]

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        return [
            (name, [HIDDEN if value is None else f"{value:,}" for value in values])
            for name, values in self._lines()
        ]

    @property
    def beds(self) -> list[tuple[str, int]]:
        return list(self.publication.beds.items())

    @property
    def notes(self) -> list[str]:
        withheld = "Nothing but a total of 8 or more is told: the rest would tell of single people."
        told = [f"{HIDDEN} is suppressed. {SUPPRESSED}", ROUNDED]
        return [withheld, *told] if self.publication.patients.withheld else told

    @property
    def csv(self) -> Iterator[tuple[Value, ...]]:
        """Patients, a line a pathway; then beds; then what the marks mean."""
        yield ("Patients at 08:00", *self.columns)
        for name, values in self._lines():
            yield (name, *(HIDDEN if value is None else value for value in values))
        yield ()
        yield ("Beds", "Commissioned and open")
        yield from self.beds
        yield ()
        yield (f"{self.icb.code} {self.icb}, {self.title}",)
        yield from ((note,) for note in self.notes)

    def _lines(self) -> Iterator[tuple[str, list[int | None]]]:
        shown = self.publication.patients
        for row in (*shown.rows, None):
            name = "All pathways" if row is None else pathway_name(row)
            yield name, [shown.cells.get((row, column), 0) for column in (*shown.columns, None)]
