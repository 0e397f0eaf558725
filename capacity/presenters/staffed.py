"""Staffed beds in words, always beside the commissioned ones and never in their place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from capacity.models import StaffedBeds
from capacity.presenters import words
from capacity.reports.staffed import Staffed, Told
from lib import london

NOT_TOLD = "not told"


def sum_words(staffed: Staffed) -> str:
    """42 of 50 commissioned beds are staffed, as 5 of 6 wards told."""
    if not staffed.told:
        return "No ward has told how many of its beds are staffed." if staffed.wards else ""
    told = of_beds(staffed.number, staffed.beds)
    if staffed.told == staffed.wards:
        return f"{told}."
    rest = staffed.wards - staffed.told
    return f"{told}, on the {staffed.told} of {staffed.wards} wards that told; {rest} did not."


def ward_words(told: Told | None, beds: int) -> str:
    """42 of 50 commissioned beds are staffed, told from 3 Mar 2026."""
    if told is None:
        return "Nobody has told how many of the beds are staffed."
    return f"{of_beds(told.number, beds)}, told from {london.plain_day(told.since)}."


def of_beds(number: int, beds: int) -> str:
    if number > beds:
        return f"{words.plural(number, 'bed')} can be staffed, more than the {beds:,} commissioned"
    are = "is" if number == 1 else "are"
    return f"{number:,} of {words.plural(beds, 'commissioned bed')} {are} staffed"


@dataclass(frozen=True, slots=True)
class StaffedLine:
    day: str
    number: str
    who: str
    current: bool


@dataclass(frozen=True)
class StaffedPresenter:
    """`told` are the newest first; `beds` are commissioned and open now."""

    told: Sequence[StaffedBeds]
    beds: int
    today: dt.date

    @property
    def sentence(self) -> str:
        now = self._now
        known = Told(now.number, now.starts, 1, 1) if now else None
        return ward_words(known, self.beds).removesuffix(".")

    @property
    def lines(self) -> list[StaffedLine]:
        return [
            StaffedLine(
                london.plain_day(one.starts), f"{one.number:,}", _who(one), one == self._now
            )
            for one in self.told
        ]

    @property
    def _now(self) -> StaffedBeds | None:
        return next((one for one in self.told if one.starts <= self.today), None)


def _who(told: StaffedBeds) -> str:
    by = told.told_by.get_full_name() if told.told_by else "before this service"
    return f"{by}, {london.plain_day(london.day_of(told.told_at))}"
