"""NEWS2 over a day in the width of a board's cell.

Classes: chart-spark, chart-guide, chart-line, chart-line--dotted, chart-dot, chart-point--hollow,
chart-risk-0 to chart-risk-3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from django.utils.safestring import SafeString

from lib.charts.svg import Table, chart, num
from lib.london import clock

Risk = Literal[0, 1, 2, 3]

WIDTH: Final = 104
HEIGHT: Final = 30
_LEFT, _RIGHT = 2.0, 98.0
_TOP, _BOTTOM = 4.0, 26.0
_HIGHEST: Final = 9  # higher ones are drawn here: what matters is that 7 is passed


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Scores in order of time; `known` False draws the tail since the last one as not known."""

    start: datetime
    end: datetime
    scores: Sequence[tuple[datetime, int]]
    risk: Risk = 0
    known: bool = True


def sparkline(data: Sparkline) -> SafeString:
    """The picture: 104 by 30, a step line, hairlines at the two thresholds."""
    return chart("spark", WIDTH, HEIGHT, _title(data), "", (_GUIDES, _trace(data)))


def rows(data: Sparkline) -> Table:
    """The same as a table."""
    return Table(("Time", "NEWS2"), [(clock(at), str(score)) for at, score in data.scores])


def _y(score: float) -> float:
    return _BOTTOM - min(score, _HIGHEST) * ((_BOTTOM - _TOP) / _HIGHEST)


_GUIDES: Final = "".join(
    f'<path class="chart-guide" d="M{num(_LEFT)} {num(_y(score))}H{num(_RIGHT)}"/>'
    for score in (5, 7)
)


def _trace(data: Sparkline) -> str:
    if not data.scores:
        return ""
    seconds = (data.end - data.start).total_seconds()
    width = _RIGHT - _LEFT
    places = [
        (max(_LEFT, _LEFT + width * ((at - data.start).total_seconds() / seconds)), _y(score))
        for at, score in data.scores
    ]
    first, *others = places
    way = f"M{first[0]:.1f} {first[1]:.1f}" + "".join(f"H{x:.1f}V{y:.1f}" for x, y in others)
    return _ending(way, *places[-1], data)


def _ending(way: str, x: float, y: float, data: Sparkline) -> str:
    if data.known:
        return (
            f'<path class="chart-line" d="{way}H{_RIGHT:.0f}"/>'
            f'<circle class="chart-dot chart-risk-{data.risk}"'
            f' cx="{_RIGHT:.0f}" cy="{y:.1f}" r="3.5"/>'
        )
    return (
        f'<path class="chart-line" d="{way}"/>'
        f'<path class="chart-line--dotted" d="M{x:.1f} {y:.1f}H{_RIGHT:.0f}"/>'
        f'<circle class="chart-point--hollow" cx="{x:.1f}" cy="{y:.1f}" r="3"/>'
    )


def _title(data: Sparkline) -> str:
    if not data.scores:
        return "NEWS2, last 24 hours: no score"
    at, score = data.scores[-1]
    numbers = [value for _, value in data.scores]
    told = f"NEWS2, last 24 hours: between {min(numbers)} and {max(numbers)}"
    return f"{told}, {score} at {clock(at)}" + ("" if data.known else ", not known since")
