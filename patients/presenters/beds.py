"""The bed board in words: tiles, the four counts, the sum written out, who waits, who leaves."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.utils.safestring import SafeString

from capacity.models import Bed, Leave, Stay
from lib import london
from lib.charts.bars import Bar, histogram
from patients.bed_board import BedBoard, Place
from patients.models import Admission, Referral
from patients.naming import alike
from patients.presenters.words import address, asked_for, counted, day_of_stay

LONG_PART = 14
DAYS_AHEAD = 8


@dataclass(frozen=True, slots=True)
class Tile:
    """One bed, or one patient without a bed. `css` are the component's modifiers.

    `key` names its link, so that the focus stays on it when the board is drawn anew.
    """

    label: str
    css: str
    key: str = ""
    head: str = ""
    head_solid: bool = False
    family: str = ""
    given: str = ""
    long: bool = False
    url: str = ""
    state: str = ""
    foot: tuple[str, ...] = ()
    percent: int | None = None
    share_words: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    key: str
    family: str
    given: str
    line: str
    asked: str
    state: str
    more: str
    url: str
    decide: bool


@dataclass(frozen=True, slots=True)
class Figure:
    figure: int
    label: str
    more: str


class BedBoardPresenter:
    """Everything that `patients/bed_list.html` shows."""

    def __init__(self, board: BedBoard) -> None:
        self.board = board
        self.ward = board.ward
        self.day = london.day_of(board.at)
        people = [(one.pk, one.patient.family_name) for one in board.admissions]
        self.namesakes = alike(people)

    @property
    def when(self) -> str:
        return london.long_day(self.day)

    @property
    def clock(self) -> str:
        return london.clock(self.board.at)

    @property
    def tiles(self) -> list[Tile]:
        return [self._tile(place) for place in self.board.places]

    @property
    def figures(self) -> list[Figure]:
        return [self._taken(), self._free(), self._closed(), self._leaving()]

    @property
    def sum(self) -> str:
        """24 at 08:00 - 3 left + 1 came = 22 now, with the signs of print."""
        board = self.board
        today = london.day_of(board.counted_at) == self.day
        since = "08:00" if today else "08:00 yesterday"
        return (
            f"{board.counted.patients} at {since} \u2212 {board.left} left"
            f" + {board.came} came = {board.count.patients} now"
        )

    @property
    def sum_more(self) -> str:
        counted_then, parts = self.board.counted, []
        if counted_then.beds:
            full = _percent(self.board.leave_then.count(counted_then).patients, counted_then.beds)
            parts.append(
                f"08:00 count: {counted_then.patients} of {counted_then.beds}, {full}, "
                f"{self.board.leave_then.words}."
            )
        if self.board.left_to:
            went = ", ".join(f"{n} to {where}" for where, n in sorted(self.board.left_to.items()))
            parts.append(f"Left: {went}.".replace("to home", "home"))
        accepted = sum(1 for referral in self.board.waiting if referral.decided_at)
        if accepted:
            parts.append(f"Accepted and not here yet: {accepted}.")
        return " ".join(parts)

    @property
    def waiting(self) -> list[Waiting]:
        return [self._waiting(referral) for referral in self.board.waiting]

    @property
    def expected(self) -> SafeString:
        """Columns of the next days, each patient by the day expected to leave."""
        title = f"Expected to leave, {counted(self._here, 'patient', 'patients')} here"
        return histogram(title, self._expected_bars(), width=330)

    @property
    def expected_note(self) -> str:
        last = self.day + dt.timedelta(days=DAYS_AHEAD - 1)
        by_then = sum(1 for one in self.board.admissions if one.expected_discharge <= last)
        return (
            f"{by_then} of {self._here} by {london.short_day(last)}."
            " Dates are each patient\u2019s expected discharge."
        )

    @property
    def _here(self) -> int:
        return len(self.board.admissions)

    def _expected_bars(self) -> list[Bar]:
        days = [self.day + dt.timedelta(days=n) for n in range(DAYS_AHEAD)]
        # Whoever should have left counts today: that is when it is asked about.
        count = Counter(max(one.expected_discharge, self.day) for one in self.board.admissions)
        later = sum(n for day, n in count.items() if day > days[-1])
        return [*(Bar(f"{day:%a} {day.day}", count[day]) for day in days), Bar("later", later)]

    def _taken(self) -> Figure:
        count = self.board.count
        more = f"of {counted(count.beds, 'bed', 'beds')}"
        if count.beds:
            full = _percent(self.board.leave.count(count).patients, count.beds)
            more += f", {full}, {self.board.leave.words}"
        beside = [f"{count.surge} surge"] if count.surge else []
        if without := count.patients - count.taken:
            beside.append(f"{without} without a bed")
        return Figure(count.taken, "taken", "\n".join(filter(None, (more, ", ".join(beside)))))

    def _free(self) -> Figure:
        held = [one.held_for for one in self.board.places if one.held_for and not one.stay]
        until = [london.clock(one.held_until) for one in held if one.held_until]
        return Figure(self.board.count.free, "free", f"held until {', '.join(until)}" * bool(until))

    def _closed(self) -> Figure:
        reasons = [
            place.closure.get_reason_display() for place in self.board.places if place.closure
        ]
        return Figure(self.board.count.closed, "closed", ", ".join(dict.fromkeys(reasons)))

    def _leaving(self) -> Figure:
        leaving = [one for one in self.board.admissions if one.expected_discharge <= self.day]
        late = sum(1 for one in leaving if one.expected_discharge < self.day)
        label = "leaves today" if len(leaving) == 1 else "leave today"
        return Figure(len(leaving), label, f"{late} expected earlier" if late else "")

    def _tile(self, place: Place) -> Tile:
        if place.stay is not None and place.admission is not None:
            return self._taken_tile(place, place.stay, place.admission)
        assert place.bed is not None
        if place.closure is not None:
            return self._closed_tile(place, place.bed)
        if place.stay is not None:
            return Tile(label=place.bed.label, css="", state="Taken")
        return self._free_tile(place, place.bed)

    def _taken_tile(self, place: Place, stay: Stay, admission: Admission) -> Tile:
        patient = admission.patient
        new, leaving = stay.starts >= self.board.counted_at, self._leaves_today(admission)
        number, of = day_of_stay(admission, self.day)
        days = f"day {number} of {of}"
        return Tile(
            label=place.bed.label if place.bed else "",
            css=_modifiers(place.bed, new=new, leaving=leaving),
            head=self._head(stay, new=new, leaving=leaving),
            head_solid=new or leaving,
            family=f"{patient.family_name.upper()},",
            given=patient.given_name,
            long=any(len(part) > LONG_PART for part in patient.family_name.split()),
            url=address("rounds:patient-detail", admission.pk),
            key=str(admission.pk),
            foot=(
                f"{admission.pathway_version.pathway.short_name} \u00b7 {days}",
                self._then(place, admission),
                *["Similar name on this ward"] * (admission.pk in self.namesakes),
            ),
            percent=min(100, round(100 * number / of)),
            share_words=days,
        )

    def _head(self, stay: Stay, *, new: bool, leaving: bool) -> str:
        if leaving:
            return "leaves today"
        return f"since {london.near_moment(stay.starts, self.board.at)}" if new else ""

    def _leaves_today(self, admission: Admission) -> bool:
        return admission.expected_discharge <= self.day

    def _then(self, place: Place, admission: Admission) -> str:
        if place.leave is not None:
            return self._away(place.leave)
        if place.bed is None and place.stay is not None:
            return f"over capacity: {place.stay.no_bed_reason}"
        if admission.expected_discharge < self.day:
            return f"expected to leave {london.short_day(admission.expected_discharge)}"
        return f"leaves {london.short_day(admission.expected_discharge)}"

    def _away(self, leave: Leave) -> str:
        back = london.near_moment(leave.expected_back, self.board.at)
        return f"{leave.get_kind_display()}, back {back}"

    def _free_tile(self, place: Place, bed: Bed) -> Tile:
        since = place.free_since
        foot: tuple[str, ...] = ()
        if place.held_for is not None and place.held_for.held_until is not None:
            until = london.near_moment(place.held_for.held_until, self.board.at)
            foot = (f"Held for {place.held_for.patient.family_name.upper()}, {until}",)
        return Tile(
            label=bed.label,
            css="bed--free" + " bed--surge" * (bed.kind == Bed.Kind.SURGE),
            head=f"since {london.near_moment(since, self.board.at)}" if since else "",
            state="Free",
            foot=foot or (("surge bed",) if bed.kind == Bed.Kind.SURGE else ()),
        )

    def _closed_tile(self, place: Place, bed: Bed) -> Tile:
        closure = place.closure
        assert closure is not None
        why = closure.get_reason_display()
        why = why[:1].upper() + why[1:]
        if closure.expected_until is not None:
            why += f" until {london.near_moment(closure.expected_until, self.board.at)}"
        return Tile(
            label=bed.label,
            css="bed--closed",
            head=f"since {london.near_moment(closure.starts, self.board.at)}",
            state="Closed",
            foot=tuple(
                filter(
                    None,
                    (why, closure.note, closure.closed_by.short_name if closure.closed_by else ""),
                )
            ),
        )

    def _waiting(self, referral: Referral) -> Waiting:
        patient, at = referral.patient, self.board.at
        undecided = referral.decided_at is None
        return Waiting(
            key=str(referral.pk),
            family=patient.family_name.upper(),
            given=patient.given_name,
            line=asked_for(referral, self.day),
            asked=london.near_moment(referral.referred_at, at),
            state=(
                f"Not decided, {london.age(referral.referred_at, at)}"
                if undecided
                else f"Accepted {london.near_moment(referral.decided_at or at, at)}"
            ),
            more=_held(referral, at),
            url=address("patients:referral-detail", referral.pk),
            decide=undecided,
        )


def _modifiers(bed: Bed | None, *, new: bool, leaving: bool) -> str:
    said = {
        "bed--over": bed is None,
        "bed--surge": bed is not None and bed.kind == Bed.Kind.SURGE,
        "bed--leaving": leaving,
        "bed--new": new and not leaving,
    }
    return " ".join(css for css, holds in said.items() if holds)


def _held(referral: Referral, at: dt.datetime) -> str:
    if referral.held_bed is None or referral.held_until is None:
        return ""
    return f"bed {referral.held_bed.label} held until {london.near_moment(referral.held_until, at)}"


def _percent(patients: int, beds: int) -> str:
    """One decimal, and none where it is whole; compared unrounded elsewhere."""
    return f"{100 * patients / beds:.1f}%".replace(".0%", "%")
