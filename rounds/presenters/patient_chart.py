"""A patient's readings as a picture and as a table, with the choice of how far back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final, NamedTuple
from urllib.parse import urlencode

from django.utils.safestring import SafeString

from lib.charts.vitals import vitals
from lib.london import day_of, near_moment, plain_day, wall
from observations import news2
from observations.charting import vitals_chart
from observations.models.readings import Context, Quality, Source
from rounds.patient.charted import Course, Measured, drawn
from rounds.patient.page import PatientPage
from rounds.presenters.board_cells import pressure, shown, unit

_CHOICES: Final = (("24h", "24 h"), ("5d", "5 days"), ("stay", "whole stay"))
_COLUMNS: Final = (
    ("respiratory_rate", "Breathing"),
    ("spo2", "SpO2"),
    ("oxygen", "Oxygen"),
    ("systolic", "Blood pressure"),
    ("pulse", "Pulse"),
    ("consciousness", "ACVPU"),
    ("temperature", "Temp."),
)
_OTHERS: Final = {
    "weight": "weight",
    "glucose": "glucose",
    "peak_flow": "peak flow",
    "pain": "pain",
}


class Choice(NamedTuple):
    words: str
    url: str
    chosen: bool


class Cell(NamedTuple):
    """A value of a set; `struck` was entered in error."""

    words: str
    struck: bool = False


class SetRow(NamedTuple):
    when: str
    score: str
    cells: list[Cell]
    remark: str


class ChartPresenter:
    def __init__(self, page: PatientPage, *, url: str, as_table: bool) -> None:
        self._page, self._url, self.as_table = page, url, as_table
        self._course = page.course

    @property
    def heading(self) -> str:
        start, end = day_of(self._course.start), day_of(self._page.at)
        if start == end:
            return f"Observations, {plain_day(end)}"
        first = f"{start.day}" if start.month == end.month else f"{start.day} {start:%B}"
        return f"Observations, {first} to {end.day} {end:%B}"

    @property
    def note(self) -> str:
        """22 full sets, 1 late"""
        many = self._course.full_sets
        parts = [f"{many} full set{'' if many == 1 else 's'}"]
        if self._course.late_sets:
            parts.append(f"{self._course.late_sets} late")
        if len(drawn(self._course)) < len(self._course.readings):
            parts.append("many: the lowest and highest of each stretch are drawn")
        return ", ".join(parts)

    @property
    def svg(self) -> SafeString:
        row = self._page.opened.row
        data = vitals_chart(
            drawn(self._course),
            self._course.set_scores,
            start=self._course.start,
            end=self._course.end,
            now=self._page.at,
            spo2_scale=row.scale,
        )
        return vitals(data)

    @property
    def choices(self) -> list[Choice]:
        table = {"table": "1"} if self.as_table else {}
        return [
            Choice(words, self._address({"show": show} | table), show == self._page.show)
            for show, words in _CHOICES
        ]

    @property
    def other(self) -> Choice:
        """The table from the picture, the picture from the table."""
        if self.as_table:
            return Choice("as a chart", self._address({"show": self._page.show}), chosen=False)
        return Choice(
            "as a table", self._address({"show": self._page.show, "table": "1"}), chosen=False
        )

    @property
    def columns(self) -> list[str]:
        return [words for _, words in _COLUMNS]

    @property
    def rows(self) -> list[SetRow]:
        """A set a row, the newest first."""
        scores = dict(self._course.scores)
        return [self._row(look, scores) for look in reversed(self._course.looks)]

    @property
    def empty(self) -> bool:
        return not self._course.readings

    def _row(self, look: list[Measured], scores: dict[dt.datetime, news2.Score]) -> SetRow:
        """Of a set's scores the last, which knows the most."""
        told = [scores[one.at] for one in look if one.at in scores]
        return SetRow(
            near_moment(look[0].at, self._page.at),
            _told(told[-1] if told else None),
            [_cell(kind, look) for kind, _ in _COLUMNS],
            _remark(look, self._course),
        )

    def _address(self, query: dict[str, str]) -> str:
        return f"{self._url}?{urlencode(query)}"


def _told(score: news2.Score | None) -> str:
    if score is None:
        return "–"
    return str(score.total) if score.total is not None else f"≥{score.lowest}"


def _cell(kind: str, readings: Iterable[Measured]) -> Cell:
    found = {one.kind: one for one in readings}
    one = found.get(kind)
    if one is None:
        return Cell("–")
    below = found.get("diastolic") if kind == "systolic" else None
    words = shown(kind, one.number, one.code)
    if kind == "systolic":
        words = pressure(one.number, below.number if below else None)
    return Cell(f"{words} {unit(kind, one.number)}".strip(), one.error)


def _remark(readings: list[Measured], course: Course) -> str:
    parts = [_other(one) for one in readings if one.kind in _OTHERS]
    first = readings[0]
    if any(one.late for one in readings):
        parts.append(f"arrived {wall(first.received_at):%H:%M}, late")
    if first.source in (Source.PHONE, Source.VISIT):
        how = "on the phone" if first.source == Source.PHONE else "on a visit"
        parts.append(f"{how}, {first.reported_by}" if first.reported_by else how)
    if any(one.quality != Quality.GOOD for one in readings):
        parts.append("poor quality, not scored")
    if any(one.context == Context.EXERTION for one in readings):
        parts.append("on exertion, not scored")
    parts += dict.fromkeys(_struck(one, course) for one in readings if one.error)
    parts += sorted({one.comment for one in readings if one.comment})
    return "; ".join(parts)


def _other(one: Measured) -> str:
    value = shown(one.kind, one.number, one.code)
    return f"{_OTHERS[one.kind]} {value} {unit(one.kind, one.number)}".rstrip()


def _struck(one: Measured, course: Course) -> str:
    why = course.reasons.get((one.device_id, one.sender_id, one.at))
    return f"struck as error: {why.reason}" if why else "struck as error"
