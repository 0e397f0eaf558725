"""The few SVG elements that the charts are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import cycle
from typing import Literal

from django.utils.safestring import SafeString, mark_safe

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Table:
    """What a chart shows, for the table behind it."""

    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    @property
    def lines(self) -> SafeString:
        """Its rows for a page, each named by its first cell. Drawn as the chart is: a template
        would take ten times as long over the days of a year."""
        return mark_safe("".join(map(_line, self.rows)))  # noqa: S308  # each cell is escaped


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight way from values to pixels; what lies outside is drawn at the edge."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def _line(row: tuple[str, ...]) -> str:
    return f'<tr><th scope="row">{escape(row[0])}</th>{numbers(row[1:])}</tr>'


def numbers(cells: Iterable[str]) -> SafeString:
    """Cells of a table's row, to the right as figures are."""
    told = (f'<td class="number">{escape(cell)}</td>' for cell in cells)
    return mark_safe("".join(told))  # noqa: S308  # each cell is escaped


def round_step(largest: float, most: int) -> float:
    """Between round figures on an axis, so that there are not more than `most` above nought."""
    step = 0.1
    for times in cycle((2, 2.5, 2)):
        if step * most >= largest:
            break
        step *= times
    return round(step, 1)


def chart(
    name: str, width: float, height: float, title: str, description: str, body: Iterable[str]
) -> SafeString:
    """The whole picture."""
    described = f"<desc>{escape(description)}</desc>" if description else ""
    inside = "".join(body)
    return mark_safe(  # noqa: S308  # every text below is escaped where it is written
        f"{_frame(name, width, height)}<title>{escape(title)}</title>{described}{inside}</svg>"
    )


def nothing(name: str, width: float, title: str, words: str) -> SafeString:
    """Instead of an empty frame, which would look like a figure of nought."""
    return chart(name, width, 40, title, "", [text(44, 24, words, "chart-text--small")])


@lru_cache(maxsize=256)
def _frame(name: str, width: float, height: float) -> str:
    wide, high = num(width), num(height)
    return (
        f'<svg class="chart chart-{name}" role="img" width="{wide}" height="{high}"'
        f' viewBox="0 0 {wide} {high}" xmlns="http://www.w3.org/2000/svg">'
    )


def num(value: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    return f"{round(value, 1):g}"


def rect(x: float, y: float, width: float, height: float, css: str) -> str:
    return (
        f'<rect class="{css}" x="{num(x)}" y="{num(y)}"'
        f' width="{num(max(0, width))}" height="{num(max(0, height))}"/>'
    )


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    return f'<path class="{css}" d="M{num(x1)} {num(y1)}L{num(x2)} {num(y2)}"/>'


def polyline(points: Sequence[tuple[float, float]], css: str) -> str:
    if len(points) < 2:
        return ""
    return f'<path class="{css}" d="M{"L".join(f"{num(x)} {num(y)}" for x, y in points)}"/>'


def circle(x: float, y: float, radius: float, css: str, told: str = "") -> str:
    at = f'class="{css}" cx="{num(x)}" cy="{num(y)}" r="{num(radius)}"'
    return f"<circle {at}><title>{escape(told)}</title></circle>" if told else f"<circle {at}/>"


def shape(
    corners: Sequence[tuple[float, float]], x: float, y: float, css: str, told: str = ""
) -> str:
    """A filled outline whose corners are told from its middle."""
    path = "L".join(f"{num(x + across)} {num(y + down)}" for across, down in corners)
    return f'<path class="{css}" d="M{path}z"><title>{escape(told)}</title></path>'


def cross(x: float, y: float, css: str) -> str:
    """An entry struck as an error."""
    return f'<path class="{css}" d="M{num(x - 4)} {num(y - 4)}l8 8m0 -8l-8 8"/>'


def text(x: float, y: float, words: str, css: str = "chart-text", anchor: Anchor = "start") -> str:
    where = f'x="{num(x)}" y="{num(y)}"'
    if anchor != "start":
        where += f' text-anchor="{anchor}"'
    return f'<text class="{css}" {where}>{escape(words)}</text>'


def steps(points: Sequence[tuple[float, float]], end: float) -> list[tuple[float, float]]:
    """The corners of a line that holds each value until the next, the last one until `end`."""
    corners: list[tuple[float, float]] = []
    for x, y in points:
        if corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, y))
    return [*corners, (end, corners[-1][1])] if corners else []
