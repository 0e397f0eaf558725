"""An XmR chart: the figure, its mean and limits, and by shape which points are more than usual.

Classes: chart-control, chart-line, chart-line--wanted (limits), chart-line--dotted (a stated
change), chart-axis, chart-point, chart-point--hollow, chart-text with --small and --strong,
chart-halo.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.utils.safestring import SafeString

from lib.charts import svg
from lib.charts.svg import Scale, Table

WIDTH: Final = 880
HEIGHT: Final = 250
_LEFT, _RIGHT = 44.0, 800.0
_TOP, _FLOOR = 26.0, 214.0

Mark = Literal["usual", "high", "low", "changed"]


@dataclass(frozen=True, slots=True)
class Point:
    """`mark`: beyond the upper or lower limit, or part of a change; None: nothing to tell."""

    label: str
    value: float | None
    mark: Mark = "usual"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Limits hold for the points `first` to `last`, both included; `begins` says why anew."""

    first: int
    last: int
    mean: float
    lower: float
    upper: float
    begins: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    title: str
    points: Sequence[Point]
    parts: Sequence[Part]


def control(data: Control) -> SafeString:
    """The picture, 880 by 250; the axis begins at nought."""
    if not data.points:
        return svg.nothing("control", WIDTH, data.title, "Nothing counted yet")
    x = Scale(0, max(1, len(data.points) - 1), _LEFT, _RIGHT)
    highest = max([1.0, *(p.value or 0 for p in data.points), *(part.upper for part in data.parts)])
    y = Scale(0, highest * 1.05, _FLOOR, _TOP)
    body = [*_ground(y), *_limits(data, x, y), *_line(data, x, y)]
    for at, point in enumerate(data.points):
        body += _point(point, x(at), y)
    body += _names(data, x)
    marked = [
        f"{p.label} {p.value:,g}, {p.why}" for p in data.points if p.why and p.value is not None
    ]
    told = "; ".join(marked) or "No point is more than the usual variation."
    return svg.chart("control", WIDTH, HEIGHT, data.title, told, body)


def rows(data: Control, heading: str) -> Table:
    """The same as a table."""
    parts = {at: part for part in data.parts for at in range(part.first, part.last + 1)}
    return Table(
        ("From", heading, "Mean", "Lower limit", "Upper limit", "More than usual"),
        [_row(point, parts.get(at)) for at, point in enumerate(data.points)],
    )


def _row(point: Point, part: Part | None) -> tuple[str, ...]:
    limits = (part.mean, max(0.0, part.lower), part.upper) if part else ()
    told = tuple(f"{value:.1f}" for value in limits) or ("", "", "")
    value = "–" if point.value is None else f"{point.value:.1f}".removesuffix(".0")
    return (point.label, value, *told, point.why)


def _ground(y: Scale) -> Iterator[str]:
    yield svg.line(_LEFT - 6, _FLOOR, _RIGHT + 6, _FLOOR, "chart-axis")
    step = svg.round_step(y.high, 4)
    for number in range(int(y.high / step) + 1):
        value = number * step
        yield svg.text(_LEFT - 10, y(value) + 4, f"{value:,g}", "chart-text--small", "end")


def _limits(data: Control, x: Scale, y: Scale) -> Iterator[str]:
    half = (x(1) - x(0)) / 2
    for part in data.parts:
        # Half a step to either side, and at the end no further than where their names begin.
        left, right = x(part.first) - half, min(x(part.last) + half, _RIGHT + 6)
        yield svg.line(left, y(part.mean), right, y(part.mean), "chart-line")
        for limit in (part.lower, part.upper):
            if limit > 0:
                yield svg.line(left, y(limit), right, y(limit), "chart-line--wanted")
        if part.begins:
            yield svg.line(left, _TOP - 10, left, _FLOOR, "chart-line--dotted")
            words = _shortened(part.begins, WIDTH - left - 4)
            yield svg.text(left + 4, _TOP - 12, words, "chart-text--small chart-halo")
    if data.parts:
        yield from _limit_names(data.parts[-1], y)


def _shortened(words: str, room: float) -> str:
    """As much as there is room for, at seven pixels a letter; the page tells all of it."""
    most = max(1, int(room / 7))
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def _limit_names(part: Part, y: Scale) -> Iterator[str]:
    yield svg.text(_RIGHT + 12, y(part.mean) + 4, f"mean {part.mean:.1f}", "chart-text--small")
    if y(part.mean) - y(part.upper) > 12:
        yield svg.text(_RIGHT + 12, y(part.upper) + 4, f"{part.upper:.1f}", "chart-text--small")
    if part.lower > 0 and y(part.lower) - y(part.mean) > 12:
        yield svg.text(_RIGHT + 12, y(part.lower) + 4, f"{part.lower:.1f}", "chart-text--small")


def _line(data: Control, x: Scale, y: Scale) -> Iterator[str]:
    run: list[tuple[float, float]] = []
    for at, point in enumerate(data.points):
        if point.value is None:
            yield svg.polyline(run, "chart-line")
            run = []
        else:
            run.append((x(at), y(point.value)))
    yield svg.polyline(run, "chart-line")


def _point(point: Point, across: float, y: Scale) -> Iterator[str]:
    if point.value is None:
        return
    up = y(point.value)
    told = f"{point.label}: {point.value:,g}" + (f", {point.why}" if point.why else "")
    if point.mark == "usual":
        yield svg.circle(across, up, 3, "chart-point--hollow", told)
    elif point.mark == "changed":
        yield svg.shape([(0, -6), (6, 0), (0, 6), (-6, 0)], across, up, "chart-point", told)
    else:
        way = -1 if point.mark == "high" else 1
        corners = [(0.0, 7.0 * way), (6.5, -5.0 * way), (-6.5, -5.0 * way)]
        yield svg.shape(corners, across, up, "chart-point", told)


def _names(data: Control, x: Scale) -> Iterator[str]:
    taken = -99.0
    for at, point in enumerate(data.points):
        if x(at) - taken >= 74:
            yield svg.text(x(at), _FLOOR + 18, point.label, "chart-text--small", "middle")
            taken = x(at)
