"""Readings without a patient in words: from where, why, since when, and whose they may be."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Final, NamedTuple
from uuid import UUID

from lib import london
from observations import kinds
from observations.alone import scores_three
from observations.models import UnclaimedReading
from observations.unclaimed import Pile
from patients.models import Admission
from patients.presenters.words import address, counted, named

SHOWN: Final = 12
# After this long somebody should have decided: their age is then told in bold.
OVERDUE: Final = dt.timedelta(hours=4)
_WHY: Final = {
    "no_holder": "Nobody held the device when it measured",
    "unclear_holder": "The device changed hands about then, and its clock is wrong",
    "not_the_holder": "The sender named somebody who did not hold the device",
    "unknown_device": "Nobody here knows this device",
    "unknown_patient": "The sender named nobody whom this ward may know",
    "retracted": "The sender took it back: dismiss it",
    "patient_not_named": "A shared device, and no patient was named",
}


# Whose each of two candidates would make it, in the order in which they were noted.
_ROLES: Final = {
    "not_the_holder": ("held the device then", "named by the sender"),
    "unclear_holder": ("held it by the right time", "held it by its own clock"),
}


class Line(NamedTuple):
    """One reading of a pile, and whether it alone scores 3."""

    text: str
    worries: bool


class Moment(NamedTuple):
    """What was measured within one minute; `when` is empty where one time holds for all."""

    when: str
    lines: list[Line]


class Candidate(NamedTuple):
    """Whose they may be, and why."""

    name: str
    role: str = ""


class PilePresenter:
    """What templates/observations/_tray_pile.html shows."""

    def __init__(self, pile: Pile, *, at: dt.datetime) -> None:
        self._pile, self._at = pile, at
        self.serial = pile.first.serial or "No device"
        self.why = _WHY.get(pile.first.why, pile.first.why.replace("_", " ").capitalize())
        self.count = counted(len(pile.readings), "reading", "readings")
        self.since = min(row.received_at for row in pile.readings)
        self.age = london.age(self.since, at)
        self.since_title = london.long_moment(self.since)
        self.overdue = at - self.since > OVERDUE
        self.decide_url = address("observations:tray-decide", pile.first.pk)

    @property
    def span(self) -> str:
        """measured 06:10 to 08:02"""
        first, last = self._pile.readings[0], self._pile.readings[-1]
        start = london.near_moment(first.measured_at, self._at)
        end = london.near_moment(last.measured_at, self._at)
        return f"measured {start}" if start == end else f"measured {start} to {end}"

    @property
    def worries(self) -> bool:
        """Whether any of them alone scores 3."""
        return any(map(_worries, self._pile.readings))

    @property
    def moments(self) -> list[Moment]:
        """By the minute, the newest of many; what alone scores 3 is never left out, and leads."""
        newest_first = reversed(self._pile.readings)
        worst_first = sorted(newest_first, key=lambda row: not _worries(row))
        shown = sorted(worst_first[:SHOWN], key=lambda row: row.measured_at)
        grouped = [
            (when, [_line(row) for row in sorted(some, key=_as_read)])
            for when, some in groupby(shown, key=self._when)
        ]
        dated = self._when(self._pile.readings[0]) != self._when(self._pile.readings[-1])
        return [Moment(when if dated else "", lines) for when, lines in grouped]

    @property
    def owner(self) -> str:
        """Whose work this is, and who is told next; empty where nothing rang."""
        alert = self._pile.alert
        if alert is None:
            return ""
        if alert.owner is not None:
            return f"{alert.owner.signature} owns its alert"
        if alert.next_step_at is None:
            return "Nobody owns its alert; everybody on the ladder was told"
        when = london.clock(alert.next_step_at)
        return f"Nobody owns its alert; somebody else is told at {when}"

    @property
    def more(self) -> int:
        return max(0, len(self._pile.readings) - SHOWN)

    @property
    def candidates(self) -> list[Candidate]:
        roles = self.roles
        told = [Candidate(named(one.patient), roles.get(one.pk, "")) for one in self._likely]
        if self._pile.hidden:
            many = self._pile.hidden
            of_others = "a patient of another ward" if many == 1 else f"{many} of other wards"
            told.append(Candidate(of_others))
        return told

    @property
    def roles(self) -> dict[UUID, str]:
        """Why each candidate is one, where that is known: by admission."""
        asked = self._pile.first.candidates
        roles = _ROLES.get(self._pile.first.why, ())
        # Of an unclear holder only one may be known, and then not which of the two.
        told = dict(zip(asked, roles, strict=False)) if len(asked) >= len(roles) else {}
        return {one.pk: told.get(one.pk, "") for one in self._likely}

    @property
    def rows(self) -> str:
        """The ids of all that is shown, for the form."""
        return ",".join(str(row.pk) for row in self._pile.readings)

    @property
    def _likely(self) -> list[Admission]:
        return self._pile.candidates

    def _when(self, row: UnclaimedReading) -> str:
        return london.near_moment(row.measured_at, self._at)


def _as_read(row: UnclaimedReading) -> tuple[bool, int]:
    """What worries first, then as a set is read out: breathing, SpO2, blood pressure…"""
    return not _worries(row), kinds.NUMBERS[row.kind]


def _line(row: UnclaimedReading) -> Line:
    """SpO2 84 %"""
    told = f"{kinds.KINDS[row.kind].short.rstrip('.')} {_value(row)}"
    return Line(told, _worries(row))


def _worries(row: UnclaimedReading) -> bool:
    return row.number is not None and scores_three(row.kind, row.number, row.code or None)


def _value(row: UnclaimedReading) -> str:
    if row.number is None:
        return row.code
    shown = kinds.show(row.kind, row.number, row.code or None)
    unit = kinds.KINDS[row.kind].unit
    return f"{shown} {unit}" if unit and not row.code else shown


class TrayPresenter:
    """What templates/observations/tray_list.html shows."""

    def __init__(self, piles: list[Pile], *, at: dt.datetime) -> None:
        self.piles = [PilePresenter(pile, at=at) for pile in piles]
        self.as_of = london.dated(at)
        self._count = sum(len(pile.readings) for pile in piles)

    @property
    def sentence(self) -> str:
        if not self.piles:
            return "No reading waits for its patient."
        wait = counted(self._count, "reading waits", "readings wait")
        decisions = counted(len(self.piles), "decision", "decisions")
        return f"{wait} for a patient; {decisions} to make."
