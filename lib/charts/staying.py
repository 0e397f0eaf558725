"""The share of stays that last longer than each number of nights: a curve in steps, or two.

Classes: chart-staying, chart-line--step, chart-line--wanted (the second curve, and the half),
chart-line--dotted, chart-axis, chart-text with --small and --strong, chart-halo.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString

from lib.charts import svg
from lib.charts.svg import Scale, Table

WIDTH: Final = 490
HEIGHT: Final = 200
_LEFT, _RIGHT = 40.0, 478.0
_TOP, _FLOOR = 16.0, 166.0


@dataclass(frozen=True, slots=True)
class Staying:
    """`points` are nights and the share (0 to 1) that stays longer; the curve begins at all."""

    label: str
    points: Sequence[tuple[int, float]]


def staying(title: str, data: Sequence[Staying], *, longest: int = 30) -> SafeString:
    """The picture, 490 by 200: the first curve whole, the second dashed."""
    x, y = Scale(0, longest, _LEFT, _RIGHT), Scale(0, 1, _FLOOR, _TOP)
    body = [*_ground(x, y, longest)]
    for number, one in enumerate(data):
        css = "chart-line--step" if number == 0 else "chart-line--wanted"
        body.append(svg.polyline(_corners(one, x, y, longest), css))
    body += _key(data)
    told = "; ".join(f"{one.label}: {_told(one)}" for one in data)
    return svg.chart("staying", WIDTH, HEIGHT, title, told, body)


def rows(data: Sequence[Staying], *, longest: int = 30) -> Table:
    """The same as a table: the share staying longer than each number of nights."""
    found = [
        (str(night), *(f"{100 * _share(one, night):.0f}%" for one in data))
        for night in range(longest + 1)
    ]
    return Table(("Longer than, nights", *(one.label for one in data)), found)


def _share(one: Staying, night: int) -> float:
    return next((share for at, share in reversed(one.points) if at <= night), 1.0)


def _corners(one: Staying, x: Scale, y: Scale, longest: int) -> list[tuple[float, float]]:
    inside = [(0, 1.0), *(point for point in one.points if point[0] <= longest)]
    return svg.steps([(x(at), y(share)) for at, share in inside], x(longest))


def _ground(x: Scale, y: Scale, longest: int) -> Iterator[str]:
    yield svg.line(_LEFT, _FLOOR, _RIGHT, _FLOOR, "chart-axis")
    yield svg.line(_LEFT, y(0.5), _RIGHT, y(0.5), "chart-line--dotted")
    for share in (0, 0.5, 1):
        yield svg.text(_LEFT - 6, y(share) + 4, f"{share:.0%}", "chart-text--small", "end")
    for night in range(0, longest + 1, 5):
        yield svg.text(x(night), _FLOOR + 16, str(night), "chart-text--small", "middle")
    words = "still on the ward after so many nights"
    yield svg.text(_RIGHT, _FLOOR + 31, words, "chart-text--small", "end")


def _key(data: Sequence[Staying]) -> Iterator[str]:
    for number, one in enumerate(data):
        height = _TOP + 8 + 16 * number
        css = "chart-line--step" if number == 0 else "chart-line--wanted"
        yield svg.line(_RIGHT - 190, height - 4, _RIGHT - 166, height - 4, css)
        yield svg.text(_RIGHT - 160, height, one.label, "chart-text--strong chart-halo")


def _told(one: Staying) -> str:
    half = next((at for at, share in one.points if share <= 0.5), None)
    return "half had not left" if half is None else f"half had left by {half} nights"
