"""Observations over days on the RCP's paper: bands behind, every reading a point, scores under.

Classes: chart-vitals, chart-band-0 to 3, chart-frame, chart-grid, chart-line, chart-line--now,
chart-point, chart-point--hollow (late or poor), chart-point--struck, chart-risk-0 to 3 with
chart-risk-text-0 to 3, chart-text with --small --strong --value --total --struck, chart-halo.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.utils.safestring import SafeString

from lib.charts import svg
from lib.charts.spreading import spread
from lib.charts.svg import Scale, Table
from lib.london import clock, day_bounds, day_of, near_moment, wall

WIDTH: Final = 944
LEFT, RIGHT = 118, 892
_GAP: Final = 9
_HEAD: Final = 24
_FOOT: Final = 22
_ROW: Final = 22
_SCORES: Final = 24
_STRUCK_ROOM: Final = 90  # nearer to the right edge a struck value stands left of its cross
_CELL: Final = 20  # the least from one number of a row to the next


@dataclass(frozen=True, slots=True)
class Point:
    """One reading: `hollow` arrived late or is poor, `struck` was entered in error."""

    at: datetime
    value: float
    hollow: bool = False
    struck: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A shaded stretch of the axis; infinite ends reach to the panel's edge."""

    low: float
    high: float
    points: int


@dataclass(frozen=True, slots=True)
class Panel:
    """One measure drawn as a line; `part` is the newest value's share of the score."""

    label: str
    unit: str
    height: float
    low: float
    high: float
    ticks: Sequence[float]
    bands: Sequence[Band] = ()
    points: Sequence[Point] = ()
    decimals: int = 0
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One measure written as words or numbers, oldest first; `latest` stands at the right."""

    label: str
    cells: Sequence[tuple[datetime, str]] = ()
    latest: str = ""


@dataclass(frozen=True, slots=True)
class ScoreCell:
    """A score under its set of readings; `told` is "6", or "≥4" where something is missing."""

    at: datetime
    told: str
    risk: int = 0


@dataclass(frozen=True, slots=True)
class Vitals:
    """The whole chart, its panels and rows from the top."""

    start: datetime
    end: datetime
    now: datetime
    tracks: Sequence[Panel | Row]
    scores: Sequence[ScoreCell] = field(default=())


def vitals(data: Vitals) -> SafeString:
    """The picture, 944 wide and as high as its panels: bands, then days, then readings on them."""
    x = _time_scale(data)
    placed = list(zip(data.tracks, _tops(data), strict=True))
    bottom = _HEAD + sum(_height(track) + _GAP for track in data.tracks)
    body = [part for track, top in placed for part in _ground(track, top)]
    body += [*_day_names(data, x), *_day_lines(data, x, bottom), *_now(data, x, bottom)]
    for track, top in placed:
        body += _panel(track, x, top) if isinstance(track, Panel) else _row(track, x, top)
    body += _scores(data, x, bottom)
    height = bottom + _SCORES + _FOOT
    return svg.chart("vitals", WIDTH, height, _title(data), _description(data), body)


def rows(data: Vitals) -> Table:
    """Every reading of the chart, the newest first."""
    found: list[tuple[datetime, str, str, str]] = []
    for track in data.tracks:
        if isinstance(track, Panel):
            found += [(p.at, track.label, _told(track, p), _remark(p)) for p in track.points]
        else:
            found += [(at, track.label, words, "") for at, words in track.cells]
    found += [(score.at, "NEWS2", score.told, "") for score in data.scores]
    found.sort(key=lambda row: row[0], reverse=True)
    return Table(
        ("Measured", "What", "Value", "Remark"),
        [(near_moment(at, data.now), *rest) for at, *rest in found],
    )


def _height(track: Panel | Row) -> float:
    return track.height if isinstance(track, Panel) else _ROW


def _tops(data: Vitals) -> Iterator[float]:
    top = float(_HEAD)
    for track in data.tracks:
        yield top
        top += _height(track) + _GAP


def _time_scale(data: Vitals) -> Scale:
    return Scale(data.start.timestamp(), data.end.timestamp(), LEFT, RIGHT)


def _value_scale(panel: Panel, top: float) -> Scale:
    # A reading beyond the paper stretches the paper: it must not look like one at its edge.
    drawn = [point.value for point in panel.points]
    low, high = min([panel.low, *drawn]), max([panel.high, *drawn])
    pad = 5 * (high - low) / panel.height
    low = low - pad if low < panel.low else low
    high = high + pad if high > panel.high else high
    return Scale(low, high, top + panel.height, top)


def _ground(track: Panel | Row, top: float) -> Iterator[str]:
    if isinstance(track, Row):
        yield svg.rect(LEFT, top, RIGHT - LEFT, _ROW, "chart-band-0")
        return
    y = _value_scale(track, top)
    for band in track.bands:
        upper, lower = y(band.high), y(band.low)
        if lower > upper:
            css = f"chart-band-{band.points}"
            yield svg.rect(LEFT, upper, RIGHT - LEFT, lower - upper, css)
    for tick in track.ticks:
        yield svg.line(LEFT, y(tick), RIGHT, y(tick), "chart-grid")


def _panel(panel: Panel, x: Scale, top: float) -> Iterator[str]:
    y = _value_scale(panel, top)
    for tick in panel.ticks:
        words = f"{tick:.{panel.decimals}f}"
        yield svg.text(LEFT - 6, y(tick) + 4, words, "chart-text--small", "end")
    yield svg.rect(LEFT, top, RIGHT - LEFT, panel.height, "chart-frame")
    yield from _names(panel.label, panel.unit, top)
    yield from _points(panel, x, y)
    yield from _latest(panel, top)


def _names(label: str, unit: str, top: float) -> Iterator[str]:
    yield svg.text(0, top + 13, label, "chart-text--strong")
    yield svg.text(0, top + 28, unit, "chart-text--small")


def _points(panel: Panel, x: Scale, y: Scale) -> Iterator[str]:
    joined = [(x(p.at.timestamp()), y(p.value)) for p in panel.points if not p.struck]
    yield svg.polyline(joined, "chart-line")
    for point in panel.points:
        yield _mark(panel, point, x(point.at.timestamp()), y(point.value))
    noted = [point for point in panel.points if point.note]
    if noted:  # only the newest is written out; each is told by its point and in the table
        newest = noted[-1]
        yield _note(newest, x(newest.at.timestamp()), y(newest.value), y)


def _mark(panel: Panel, point: Point, x: float, y: float) -> str:
    if point.struck:
        anchor: svg.Anchor = "end" if x > RIGHT - _STRUCK_ROOM else "start"
        beside = x - 8 if anchor == "end" else x + 8
        told = f"{point.value:.{panel.decimals}f}"
        value = svg.text(beside, y - 6, told, "chart-text--struck", anchor)
        return svg.cross(x, y, "chart-point--struck") + value
    told = f"{clock(point.at)}: {_told(panel, point)} {_remark(point)}".rstrip()
    if point.hollow:
        return svg.circle(x, y, 4, "chart-point--hollow", told)
    return svg.circle(x, y, 3.6, "chart-point", told)


def _note(point: Point, x: float, y: float, scale: Scale) -> str:
    css = "chart-text--small chart-halo"
    if point.struck:  # beside the struck value
        if x > RIGHT - _STRUCK_ROOM:
            return svg.text(x - 38, y - 6, point.note, css, "end")
        return svg.text(x + 38, y - 6, point.note, css)
    below = y + 16 < scale.start
    anchor: svg.Anchor = "start" if x < LEFT + 80 else "end" if x > RIGHT - 80 else "middle"
    return svg.text(x, y + 16 if below else y - 9, point.note, css, anchor)


def _latest(panel: Panel, top: float) -> Iterator[str]:
    valid = [point for point in panel.points if not point.struck]
    if not valid:
        return
    middle = top + panel.height / 2
    value = f"{valid[-1].value:.{panel.decimals}f}"
    yield svg.text(WIDTH, middle + 2, value, "chart-text--value", "end")
    if panel.part is not None:
        yield svg.text(WIDTH, middle + 18, f"+{panel.part}", "chart-text--strong", "end")


def _row(row: Row, x: Scale, top: float) -> Iterator[str]:
    yield svg.rect(LEFT, top, RIGHT - LEFT, _ROW, "chart-frame")
    yield svg.text(0, top + 15, row.label, "chart-text--strong")
    places = spread(
        [x(at.timestamp()) for at, _ in row.cells], least=_CELL, left=LEFT + 8, right=RIGHT - 8
    )
    for place, (_, words) in zip(places, row.cells, strict=True):
        if place is not None:
            yield svg.text(place, top + 15, words, "chart-text chart-halo", "middle")
    yield svg.text(WIDTH, top + 15, row.latest, "chart-text--small", "end")


def _scores(data: Vitals, x: Scale, top: float) -> Iterator[str]:
    yield svg.text(0, top + 18, "NEWS2", "chart-text--value")
    places = spread(
        [x(score.at.timestamp()) for score in data.scores], least=19, left=LEFT + 9, right=RIGHT - 9
    )
    for place, score in zip(places, data.scores, strict=True):
        if place is not None:
            yield svg.rect(place - 9, top, 18, _SCORES, f"chart-risk-{score.risk}")
            css = f"chart-risk-text-{score.risk}"
            yield svg.text(place, top + 16.5, score.told, css, "middle")
    if data.scores:
        yield svg.text(WIDTH, top + 19, data.scores[-1].told, "chart-text--total", "end")


def _midnights(data: Vitals) -> Iterator[datetime]:
    _, midnight = day_bounds(day_of(data.start))
    while midnight < data.end:
        yield midnight
        _, midnight = day_bounds(day_of(midnight))


def _day_names(data: Vitals, x: Scale) -> Iterator[str]:
    previous = -99.0
    for begins in (data.start, *_midnights(data)):
        place, day = x(begins.timestamp()), day_of(begins)
        if place - previous > 44 and place < RIGHT - 20:
            yield svg.text(place + 4, 12, f"{day:%a} {day.day}", "chart-text--strong")
            previous = place


def _day_lines(data: Vitals, x: Scale, bottom: float) -> Iterator[str]:
    for midnight in _midnights(data):
        place = x(midnight.timestamp())
        yield svg.line(place, _HEAD - 6, place, bottom + _SCORES, "chart-frame")


def _now(data: Vitals, x: Scale, bottom: float) -> Iterator[str]:
    foot = bottom + _SCORES + 15
    now = x(data.now.timestamp())
    for tick in _hours(data):
        place = x(tick.timestamp())
        if abs(place - now) > 70:
            yield svg.text(place, foot, clock(tick), "chart-text--small", "middle")
    if data.start <= data.now <= data.end:
        yield svg.line(now, _HEAD - 6, now, bottom + _SCORES, "chart-line--now")
        words = f"now {clock(data.now)}"
        yield svg.text(min(now, RIGHT - 10), foot, words, "chart-text--strong", "middle")


def _hours(data: Vitals) -> Iterator[datetime]:
    """London's noons; on a chart of up to two days every sixth hour."""
    every = 6 if data.end - data.start <= timedelta(days=2) else 24
    hour = data.start.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    while hour < data.end:
        if wall(hour).hour % every == 12 % every:
            yield hour
        hour += timedelta(hours=1)


def _told(panel: Panel, point: Point) -> str:
    return f"{point.value:.{panel.decimals}f} {panel.unit}".rstrip()


def _remark(point: Point) -> str:
    return point.note or ("struck as error" if point.struck else "late" if point.hollow else "")


def _title(data: Vitals) -> str:
    return f"Observations, {near_moment(data.start, data.now)} to {near_moment(data.end, data.now)}"


def _description(data: Vitals) -> str:
    newest = [
        f"{track.label} {_told(track, track.points[-1])}"
        for track in data.tracks
        if isinstance(track, Panel) and track.points
    ]
    return "Newest: " + ", ".join(newest) if newest else "No readings in this time."
