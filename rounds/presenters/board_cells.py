"""The seven cells of vitals in a board's row: value, band, direction, age; never a bare gap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from lib.london import age, near_moment
from observations import kinds
from rounds.board import Row
from rounds.board.entries import Plan, Vital
from rounds.presenters.board_words import soon_in_a_cell

CellState = Literal["ok", "missing", "unplanned", "stale"]
_PRIORITY_BANDS: Final = {"prompt": 1, "urgent": 2, "emergency": 3}
# Where a value is neither high nor low: the middle of the band that scores 0.
_MIDDLES: Final = {
    "respiratory_rate": 16.0,
    "spo2": 96.0,
    "systolic": 165.0,
    "pulse": 70.0,
    "temperature": 37.0,
}
_SCALE_2_MIDDLE: Final = 90.0


class Column(NamedTuple):
    name: str
    label: str
    kind: str
    heading: str


COLUMNS: Final = (
    Column("breathing", "Breathing", "respiratory_rate", "Breathing"),
    Column("spo2", "SpO2", "spo2", "SpO2"),
    Column("oxygen", "Oxygen", "oxygen", "Oxygen"),
    Column("pressure", "BP", "systolic", "Blood pressure"),
    Column("pulse", "Pulse", "pulse", "Pulse"),
    Column("acvpu", "ACVPU", "consciousness", "ACVPU"),
    Column("temperature", "Temp.", "temperature", "Temp."),
)


class Cell(NamedTuple):
    """One vital: `band` 0 is in band, `direction` above or below it, `part` what it scores."""

    kind: str
    label: str
    state: CellState
    band: int = 0
    direction: str = ""
    value: str = ""
    unit: str = ""
    part: int | None = None
    at: dt.datetime | None = None
    age: str = ""
    time: str = ""
    due: str = ""
    mark: str = ""
    from_plan: bool = False

    @property
    def in_band(self) -> bool:
        return self.state == "ok" and not self.band


def cells(row: Row) -> list[Cell]:
    return [cell(row, column) for column in COLUMNS]


def cell(row: Row, column: Column) -> Cell:
    value = row.vitals.get(column.kind)
    if value is None:
        return _empty(row, column)
    stale = column.kind in row.stale
    band = 0 if stale else _band(row, column.kind, value)
    return Cell(
        kind=column.name,
        label=column.label,
        state="stale" if stale else "ok",
        band=band,
        direction=direction(column.kind, value.number, scale=row.scale) if band else "",
        value=_value(row, column.kind, value),
        unit=unit(column.kind, value.number),
        part=row.parts.get(column.kind),
        at=value.measured_at,
        age=age(value.measured_at, row.at),
        time=near_moment(value.measured_at, row.at),
        mark="S2" if column.kind == "spo2" and row.mode.mode == "news2_scale2" else "",
        from_plan=value.from_plan,
    )


def direction(kind: str, number: float, *, scale: int = 1) -> str:
    """Which way a value lies outside its band; ACVPU and oxygen have none."""
    middle = _SCALE_2_MIDDLE if kind == "spo2" and scale == 2 else _MIDDLES.get(kind)
    if middle is None:
        return ""
    return "above" if number > middle else "below"


def unit(kind: str, number: float) -> str:
    if kind == "oxygen" and number == 0:
        return ""
    return kinds.KINDS[kind].unit


def shown(kind: str, number: float, code: str | None) -> str:
    """1, not 1.0 L/min; Air; 38.4."""
    if kind == "oxygen" and number == 0:
        return "Air"
    if kind == "oxygen":
        return f"{number:g}"
    return kinds.show(kind, number, code)


def pressure(systolic: float, diastolic: float | None) -> str:
    return f"{systolic:.0f}" if diastolic is None else f"{systolic:.0f}/{diastolic:.0f}"


def _empty(row: Row, column: Column) -> Cell:
    if column.kind not in row.plan or row.mode.mode == "comfort":
        return Cell(column.name, column.label, "unplanned")
    due = row.dues.get(column.kind)
    told = soon_in_a_cell(due.due_at, row.at) if due and due.due_at else ""
    return Cell(column.name, column.label, "missing", due=told)


def _value(row: Row, kind: str, value: Vital) -> str:
    if kind != "systolic":
        return shown(kind, value.number, value.code)
    below = row.vitals.get("diastolic")
    # A diastolic of another set must not stand behind this systolic.
    together = below is not None and below.measured_at == value.measured_at
    return pressure(value.number, below.number if below and together else None)


def _band(row: Row, kind: str, value: Vital) -> int:
    """NEWS2's points; where it gives none, the patient's own limit that is crossed."""
    return row.bands.get(kind) or _limit_band(row.plan.get(kind), value)


def _limit_band(plan: Plan | None, value: Vital) -> int:
    if plan is None or value.code is not None:
        return 0
    low = plan.low is not None and value.number < plan.low
    high = plan.high is not None and value.number > plan.high
    return _PRIORITY_BANDS[plan.priority] if low or high else 0


class Rest(NamedTuple):
    """The phone's one line for what is in band: words, and the age of the newest."""

    words: str
    at: dt.datetime | None
    age: str


def rest(row: Row, shown_cells: list[Cell]) -> Rest:
    if row.score_is_stale or row.leave:
        known = [cell for cell in shown_cells if cell.state == "stale"]
        return _rest(row, f"{len(known)} values old", known)
    if not row.scored:
        return _rest(row, ", ".join(_in_words(shown_cells)), _known(shown_cells))
    calm = [cell for cell in shown_cells if cell.in_band]
    names = ", ".join(cell.label.rstrip(".") for cell in calm)
    few = f"{names} in band" if len(calm) <= 3 else f"Other {len(calm)} in band"
    return _rest(row, few if calm else "", _known(shown_cells))


def _in_words(shown_cells: list[Cell]) -> Iterator[str]:
    for known in _known(shown_cells):
        yield f"{known.label.rstrip('.')} {known.value}{' ' + known.unit if known.unit else ''}"


def _known(shown_cells: list[Cell]) -> list[Cell]:
    return [cell for cell in shown_cells if cell.state == "ok"]


def _rest(row: Row, words: str, of: list[Cell]) -> Rest:
    at = max((cell.at for cell in of if cell.at), default=None)
    return Rest(words, at, age(at, row.at) if at else "")
