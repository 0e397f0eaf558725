"""Shares by size, inside limits that widen as the size falls: who lies outside is named.

Classes: chart-funnel, chart-grid, chart-axis, chart-line (luck), chart-line--dotted (what they
usually differ by), chart-line--wanted (the whole), chart-point, chart-point--hollow (within luck),
chart-text--small, chart-text--strong, chart-halo.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from django.utils.safestring import SafeString

from lib.charts import svg
from lib.charts.svg import Scale, Table

WIDTH: Final = 640
HEIGHT: Final = 300
_LEFT, _RIGHT = 40.0, 586.0
_TOP, _FLOOR = 14.0, 256.0
_STEP: Final = 20


@dataclass(frozen=True, slots=True)
class Point:
    """One body: its name, size, share in per cent, and in words where it lies; `hollow` where luck
    could explain it, `named` beside its point."""

    name: str
    size: int
    share: float
    place: str
    hollow: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """At a size, in per cent, each low and high."""

    size: int
    luck: tuple[float, float]
    usual: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Funnel:
    """`middle` is the whole's share in per cent; `limits` in order of size; `of` what is sized."""

    title: str
    points: Sequence[Point]
    limits: Sequence[Limits]
    middle: float
    whole: str
    of: str


def funnel(data: Funnel) -> SafeString:
    """The picture, 640 by 300, from nought per cent and no size."""
    x, y = _scales(data)
    body = [*_ground(data, x, y), *_limits(data, x, y), *_points(data, x, y)]
    return svg.chart("funnel", WIDTH, HEIGHT, data.title, _description(data), body)


def rows(data: Funnel) -> Table:
    """The same as a table, the highest share first."""
    ordered = sorted(data.points, key=lambda point: (-point.share, point.name))
    cells = [(p.name, f"{p.size:,}", f"{p.share:.1f}%", p.place) for p in ordered]
    return Table(("Name", data.of, "Share", "Against the limits"), cells)


def _scales(data: Funnel) -> tuple[Scale, Scale]:
    largest = max([1, *(point.size for point in data.points)])
    highest = max([100.0, *(point.share for point in data.points)])
    top = ceil(highest / _STEP) * _STEP
    return Scale(0, largest * 1.04, _LEFT, _RIGHT), Scale(0, top, _FLOOR, _TOP)


def _ground(data: Funnel, x: Scale, y: Scale) -> Iterator[str]:
    every = _STEP if y.high <= 200 else 2 * _STEP
    for share in range(0, int(y.high) + 1, every):
        css = "chart-grid" if share else "chart-axis"
        yield svg.line(_LEFT, y(share), _RIGHT, y(share), css)
        yield svg.text(_LEFT - 6, y(share) + 4, f"{share}%", "chart-text--small", "end")
    for size in _ticks(x.high):
        yield svg.text(x(size), _FLOOR + 16, f"{size:,}", "chart-text--small", "middle")
    yield svg.text(_RIGHT, _FLOOR + 34, data.of, "chart-text--small", "end")


def _ticks(largest: float) -> range:
    """Four or so round sizes."""
    step = next(step for step in (5, 10, 20, 50, 100, 200, 500, 1000, 10**6) if step * 6 > largest)
    return range(0, int(largest) + 1, step)


def _limits(data: Funnel, x: Scale, y: Scale) -> Iterator[str]:
    for css, limits in (
        ("chart-line", [(at.size, *at.luck) for at in data.limits]),
        ("chart-line--dotted", [(at.size, *at.usual) for at in data.limits]),
    ):
        yield svg.polyline([(x(size), y(low)) for size, low, _ in limits], css)
        # What lies above the picture is not drawn along its edge.
        yield svg.polyline([(x(size), y(high)) for size, _, high in limits if high <= y.high], css)
    yield svg.line(_LEFT, y(data.middle), _RIGHT, y(data.middle), "chart-line--wanted")
    # Beside the picture, where no point and no limit runs through it.
    for number, words in enumerate(data.whole.rsplit(" ", 1)):
        place = y(data.middle) + 14 * number
        yield svg.text(_RIGHT + 5, place, words, "chart-text--small")


def _points(data: Funnel, x: Scale, y: Scale) -> Iterator[str]:
    """Those with a name last, so that none of the others covers it."""
    for point in sorted(data.points, key=lambda point: point.named):
        across, up = x(point.size), y(point.share)
        css = "chart-point--hollow" if point.hollow else "chart-point"
        yield svg.circle(across, up, 4, css, _told(point))
        if point.named:
            yield svg.text(across + 7, up + 4, point.name, "chart-text--strong chart-halo")


def _told(point: Point) -> str:
    return f"{point.name}: {point.share:.1f}% of {point.size:,}, {point.place}"


def _description(data: Funnel) -> str:
    named = [_told(point) for point in data.points if point.named]
    return f"{data.whole}. {'; '.join(named)}." if named else f"{data.whole}."
