"""How returns are told: what is due, what one of them says, and what has moved since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from capacity.leave import LeaveRule
from capacity.models import SitRep
from capacity.occupancy import Count
from capacity.presenters.signing import state_of
from capacity.presenters.words import pathway_name, plural, route_name, share
from capacity.reports.sitreps import Due, Missing
from capacity.sitrep import Figures, Line, submitted_on
from lib import london
from lib.downloads import Value

CSV_HEAD = (
    *("Level", "ICB", "Ward code", "Ward", "Pathway", "Route", "Capacity", "Patients"),
    *("Occupancy", "Over capacity", "On leave", "Surge beds", "Closed beds", "People on leave"),
)


def change(before: int, after: int) -> str:
    """What a later count says against an earlier one: +1, −2, or nothing."""
    moved = after - before
    return "none" if not moved else f"+{moved}" if moved > 0 else f"−{-moved}"


@dataclass(frozen=True, slots=True)
class DuePresenter:
    """A line of the list of returns."""

    due: Due
    today: dt.date
    may_prepare: bool

    @property
    def state(self) -> str:
        if self.due.latest is not None:
            return state_of(self.due.latest)
        return "not prepared"

    @property
    def tag(self) -> str:
        if self.due.latest is not None and self.due.latest.is_in_force:
            return "signed"
        return "overdue" if self.today > self.due.submitted_on else "due"

    @property
    def version(self) -> str:
        latest = self.due.latest
        return f"version {latest.version}" if latest is not None and latest.version > 1 else ""


@dataclass(frozen=True, slots=True)
class Round:
    """The returns of one Thursday."""

    counted_on: dt.date
    lines: list[DuePresenter]

    @property
    def title(self) -> str:
        return f"Counted {london.long_day(self.counted_on)}"

    @property
    def by_when(self) -> str:
        signed = sum(line.tag == "signed" for line in self.lines)
        sent = london.long_day(submitted_on(self.counted_on))
        return f"due {sent} · {signed} of {len(self.lines)} signed"


def rounds(lines: list[DuePresenter]) -> list[Round]:
    days = dict.fromkeys(line.due.counted_on for line in lines)
    return [Round(day, [line for line in lines if line.due.counted_on == day]) for day in days]


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure: as returned, as frozen, what the count of that Thursday says now, and today."""

    name: str
    returned: str
    frozen: str
    corrected: str
    now: str


@dataclass(frozen=True, slots=True)
class Sources:
    """The same lines four times; `frozen` is None where that Thursday is not frozen yet."""

    returned: Figures
    frozen: Figures | None
    recounted: Figures
    now: Figures


@dataclass(frozen=True)
class SitRepPresenter:
    sitrep: SitRep
    sources: Sources
    missing: Missing
    wards: Mapping[str, str]
    icbs: Mapping[str, str]
    # Wards whose own pages the reader may open.
    linked: frozenset[str]
    partial: bool
    # Of the Thursday that was counted, and of now.
    leave: LeaveRule
    leave_now: LeaveRule

    @property
    def sentence(self) -> str:
        figures = self.sources.returned
        count, full = figures.count, share(self._full(figures))
        beds, patients = plural(count.beds, "bed"), plural(count.patients, "patient")
        told = self.leave.words
        return f"{self.sitrep.provider}: {beds}, {patients}, {full} full, {told}"

    @property
    def when(self) -> str:
        day = self.sitrep.counted_on
        sent = london.long_day(submitted_on(day))
        return f"counted {london.long_day(day)} at 08:00, due {sent}"

    @property
    def state(self) -> str:
        return state_of(self.sitrep)

    @property
    def file_name(self) -> str:
        draft = "-DRAFT" if self.sitrep.is_draft else ""
        code, day = self.sitrep.provider.code, self.sitrep.counted_on
        return f"sitrep-{code}-{day}-v{self.sitrep.version}{draft}"

    @property
    def behind(self) -> str:
        """What a correction since has changed; empty where nothing has."""
        was, is_ = self.sources.returned.count, self.sources.recounted.count
        if was == is_:
            return ""
        beds, patients = change(was.beds, is_.beds), change(was.patients, is_.patients)
        return f"Since corrected: beds {beds}, patients {patients}."

    @cached_property
    def compared(self) -> list[Compared]:
        rows = [
            ("Capacity: commissioned beds open", lambda f: f.count.beds),
            ("Patients", lambda f: f.count.patients),
            ("of them over capacity", lambda f: sum(one.over_capacity for one in f.patients)),
            ("of them on leave", lambda f: f.on_leave),
            ("Surge beds", lambda f: sum(one.surge for one in f.beds)),
            ("Closed beds", lambda f: sum(one.closed for one in f.beds)),
        ]
        return [self._compared(name, of) for name, of in rows] + [self._occupancy()]

    @property
    def lines(self) -> list[WardLine]:
        recounted = {(one.icb, one.ward): one.count for one in self.sources.recounted.lines()}
        return [
            WardLine(
                line=one,
                ward=self.wards.get(one.ward, one.ward),
                link=one.ward if one.ward in self.linked else "",
                recounted=recounted.get((one.icb, one.ward), Count(0, 0)),
                leave=self.leave,
            )
            for one in self.sources.returned.lines()
        ]

    @property
    def pathways(self) -> list[tuple[str, str, str, int]]:
        return [
            (icb, pathway_name(pathway), route_name(route), patients)
            for icb, pathway, route, patients in self.sources.returned.pathways()
        ]

    @property
    def notes(self) -> list[str]:
        """What is missing, a sentence each."""
        named = self.wards
        told = [f"{named[code]} did not count: {why}." for code, why in self.missing.excluded]
        told += [f"{named[code]} has no bed in this return." for code in self.missing.without_beds]
        told += [
            f"{named[code]}: {plural(beds, 'bed')} closed, {why}."
            for code, why, beds in self.missing.closed
        ]
        return told + [
            f"{line.ward}: {plural(line.line.over_capacity, 'patient')} over capacity."
            for line in self.lines
            if line.line.over_capacity
        ]

    @property
    def csv(self) -> Iterator[tuple[Value, ...]]:
        """Sums first, then what they are made of; each line says which level it is."""
        figures = self.sources.returned
        yield CSV_HEAD
        yield self._sum_row("provider", figures)
        for icb in figures.icbs:
            yield self._sum_row("icb", figures.of_icbs([icb]), icb=icb)
        for line in figures.lines():
            yield self._ward_row(line)
        for one in figures.patients:
            place = (one.icb, one.ward, self.wards.get(one.ward, ""), one.pathway, one.route)
            counts = (one.patients, None, one.over_capacity, one.on_leave, None, None)
            yield ("pathway", *place, None, *counts, None)

    @property
    def about(self) -> list[tuple[Value, ...]]:
        """The workbook's second sheet."""
        partial = "only the lines of your ICB" if self.partial else "all lines of the provider"
        return [
            ("Virtual Ward SitRep (DAPB4068)", None),
            ("Provider", f"{self.sitrep.provider.code} {self.sitrep.provider}"),
            ("Counted", f"{london.long_day(self.sitrep.counted_on)}, 08:00 Europe/London"),
            ("Version", self.sitrep.version),
            ("State", self.state),
            ("Holds", partial),
            ("Occupancy", f"patients over capacity, uncapped, unrounded, {self.leave.words}"),
            *(("Missing", note) for note in self.notes),
        ]

    def _compared(self, name: str, of: Callable[[Figures], int]) -> Compared:
        frozen = self.sources.frozen
        return Compared(
            name=name,
            returned=str(of(self.sources.returned)),
            frozen="not yet" if frozen is None else str(of(frozen)),
            corrected=change(of(self.sources.returned), of(self.sources.recounted)),
            now=str(of(self.sources.now)),
        )

    def _occupancy(self) -> Compared:
        frozen = self.sources.frozen
        was, is_ = self._full(self.sources.returned), self._full(self.sources.recounted)
        now = self.sources.now
        return Compared(
            name=f"Occupancy, {self.leave.words}",
            returned=share(was),
            frozen="not yet" if frozen is None else share(self._full(frozen)),
            corrected="none" if was == is_ else f"now {share(is_)}",
            now=share(self.leave_now.of(now.count, now.on_leave)),
        )

    def _full(self, figures: Figures) -> Count:
        """What occupancy is made of on that Thursday."""
        return self.leave.of(figures.count, figures.on_leave)

    def _ward_row(self, line: Line) -> tuple[Value, ...]:
        place = (line.icb, line.ward, self.wards.get(line.ward, ""), "", "")
        count = line.count
        full = self.leave.of(count, line.on_leave).occupancy
        counts = (count.beds, count.patients, full, line.over_capacity, line.on_leave)
        return ("ward", *place, *counts, line.surge, line.closed, self.leave.short)

    def _sum_row(self, level: str, figures: Figures, *, icb: str = "") -> tuple[Value, ...]:
        count = figures.count
        return (
            *(level, icb, "", "", "", "", count.beds, count.patients),
            self._full(figures).occupancy,
            sum(one.over_capacity for one in figures.patients),
            figures.on_leave,
            sum(one.surge for one in figures.beds),
            sum(one.closed for one in figures.beds),
            self.leave.short,
        )


@dataclass(frozen=True, slots=True)
class WardLine:
    line: Line
    ward: str
    link: str
    recounted: Count
    leave: LeaveRule

    @property
    def occupancy(self) -> str:
        return share(self.leave.of(self.line.count, self.line.on_leave))

    @property
    def corrected(self) -> str:
        beds = change(self.line.count.beds, self.recounted.beds)
        patients = change(self.line.count.patients, self.recounted.patients)
        if beds == patients == "none":
            return "none"
        return f"beds {beds}, patients {patients}"
