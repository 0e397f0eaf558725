"""Readings without a patient in words: from where, why, since when, and whose they may be."""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

from lib import london
from observations import kinds
from observations.alone import scores_three
from observations.models import UnclaimedReading
from observations.unclaimed import Pile
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


class Line(NamedTuple):
    """One reading of a pile, and whether it alone scores 3."""

    text: str
    worries: bool


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
    def lines(self) -> list[Line]:
        """What alone scores 3 before the rest; with the time of each, unless it is one for all."""
        first, last = self._pile.readings[0], self._pile.readings[-1]
        dated = first.measured_at != last.measured_at
        ordered = sorted(self._pile.readings, key=lambda row: not _worries(row))
        return [Line(self._line(row, dated=dated), _worries(row)) for row in ordered[:SHOWN]]

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
    def candidates(self) -> list[str]:
        told = [named(admission.patient) for admission in self._pile.candidates]
        if self._pile.hidden:
            told.append(
                "a patient of another ward"
                if self._pile.hidden == 1
                else f"{self._pile.hidden} patients of other wards"
            )
        return told

    @property
    def rows(self) -> str:
        """The ids of all that is shown, for the form."""
        return ",".join(str(row.pk) for row in self._pile.readings)

    def _line(self, row: UnclaimedReading, *, dated: bool) -> str:
        """08:02 SpO2 84 %"""
        told = f"{kinds.KINDS[row.kind].short.rstrip('.')} {_value(row)}"
        return f"{london.near_moment(row.measured_at, self._at)} {told}" if dated else told


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
        self._count = sum(len(pile.readings) for pile in piles)

    @property
    def sentence(self) -> str:
        if not self.piles:
            return "No reading waits for its patient."
        wait = counted(self._count, "reading waits", "readings wait")
        decisions = counted(len(self.piles), "decision", "decisions")
        return f"{wait} for a patient; {decisions} to make."
