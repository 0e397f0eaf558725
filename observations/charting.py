"""A patient's readings laid out on the NEWS2 chart: which panel, which bands, which row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lib.charts.vitals import Band, Panel, Point, Row, ScoreCell, Vitals
from observations import kinds, news2

_RISKS: Final[Mapping[news2.Response, int]] = {
    "high": 3,
    "medium": 2,
    "low_medium": 1,
    "low": 0,
    "incomplete": 0,
}


@dataclass(frozen=True, slots=True)
class Charted:
    """A stored reading as the chart needs it; `hollow` is late or of poor quality."""

    kind: str
    at: datetime
    number: float
    code: str | None = None
    hollow: bool = False
    struck: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Shape:
    label: str
    unit: str
    height: float
    low: float
    high: float
    ticks: tuple[float, ...]


# The order, heights and ranges of the RCP's chart; a plain label is a row of words.
_TRACKS: Final[Mapping[str, _Shape | str]] = {
    "respiratory_rate": _Shape("Breathing", "per minute", 92, 10, 28, (12, 16, 20, 25)),
    "spo2": _Shape("SpO2", "%", 82, 90, 99, (92, 94, 96, 98)),
    "oxygen": "Air or oxygen",
    "systolic": _Shape("Systolic", "mmHg", 80, 85, 132, (90, 100, 110, 120)),
    "diastolic": "Diastolic",
    "pulse": _Shape("Pulse", "per minute", 100, 38, 136, (50, 70, 90, 110, 130)),
    "consciousness": "ACVPU",
    "temperature": _Shape("Temperature", "°C", 76, 35.8, 39.4, (36, 37, 38, 39)),
}


def vitals_chart(
    readings: Iterable[Charted],
    scores: Iterable[tuple[datetime, news2.Score]],
    *,
    start: datetime,
    end: datetime,
    now: datetime,
    spo2_scale: int = 1,
) -> Vitals:
    """The chart of what was measured from `start` to `end`, in any order; not scored: no scores."""
    by_kind: dict[str, list[Charted]] = {kind: [] for kind in _TRACKS}
    for reading in sorted(readings, key=lambda reading: reading.at):
        if reading.kind in by_kind and start <= reading.at <= end:
            by_kind[reading.kind].append(reading)
    known = sorted((s for s in scores if start <= s[0] <= end), key=lambda score: score[0])
    parts = known[-1][1].parts if known else {}
    oxygen = bool(by_kind["oxygen"]) and by_kind["oxygen"][-1].number > 0
    tracks: list[Panel | Row] = []
    for kind, shape in _TRACKS.items():
        if isinstance(shape, str):
            tracks.append(_row(kind, shape, by_kind[kind], parts.get(kind)))
        else:
            bands = news2.bands(kind, spo2_scale=spo2_scale, oxygen=oxygen) if known else ()
            tracks.append(_panel(kind, shape, by_kind[kind], bands, parts.get(kind), spo2_scale))
    return Vitals(start, end, now, tracks, [_score(at, score) for at, score in known])


def _panel(
    kind: str,
    shape: _Shape,
    readings: Sequence[Charted],
    bands: Iterable[news2.Band],
    part: int | None,
    spo2_scale: int,
) -> Panel:
    return Panel(
        label=f"SpO2, scale {spo2_scale}" if kind == "spo2" else shape.label,
        unit=shape.unit,
        height=shape.height,
        low=shape.low,
        high=shape.high,
        ticks=shape.ticks,
        bands=[Band(band.low, band.high, band.points) for band in bands],
        points=[Point(r.at, r.number, r.hollow, r.struck, r.note) for r in readings],
        decimals=kinds.KINDS[kind].decimals,
        part=part,
    )


def _row(kind: str, label: str, readings: Sequence[Charted], part: int | None) -> Row:
    cells = [(reading.at, _words(kind, reading)) for reading in readings if not reading.struck]
    newest = cells[-1][1] if cells else ""
    return Row(label, cells, newest if part is None else f"{newest} +{part}")


def _words(kind: str, reading: Charted) -> str:
    if kind == "oxygen" and reading.code is None:
        return f"{reading.number:g} L"
    return kinds.show(kind, reading.number, reading.code)


def _score(at: datetime, score: news2.Score) -> ScoreCell:
    told = str(score.total) if score.total is not None else f"≥{score.lowest}"
    return ScoreCell(at, told, _RISKS[score.response])
