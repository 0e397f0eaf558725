"""A figure by month, broken where its base changed: two bases are never joined in one line.

Classes: chart-trend, chart-zone, chart-axis, chart-line, chart-line--dotted (months not held),
chart-point, chart-point--hollow (another base), chart-text--small, chart-text--strong, chart-halo.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from django.utils.safestring import SafeString

from lib.charts import svg
from lib.charts.svg import Scale, Table

WIDTH: Final = 300
HEIGHT: Final = 160
_LEFT, _RIGHT = 18.0, 278.0
_TOP, _FLOOR = 34.0, 120.0


@dataclass(frozen=True, slots=True)
class Month:
    """A month's figure, named by its first day, on a named base; None: not held."""

    month: date
    value: float | None
    base: str = ""


@dataclass(frozen=True, slots=True)
class Trend:
    """Months in order; `unit` follows each figure, `zone` is shaded."""

    title: str
    months: Sequence[Month]
    unit: str = ""
    zone: tuple[float, float] | None = None


def trend(data: Trend) -> SafeString:
    """The picture, 300 by 160; the axis begins at nought, for a fall must not look steeper."""
    known = _known(data)
    if not known:
        words = svg.text(_LEFT, _FLOOR / 2, "No months held", "chart-text--small")
        return svg.chart("trend", WIDTH, HEIGHT, f"{data.title}: no months held", "", [words])
    x, y = _month_scale(known), _value_scale(data, known)
    body = [*_ground(data, y), *_lines(known, x, y), *_points(data, known, x, y), *_names(known, x)]
    return svg.chart("trend", WIDTH, HEIGHT, data.title, _description(data, known), body)


def rows(data: Trend) -> Table:
    """The same as a table, the newest first."""
    return Table(
        ("Month", data.title, "Base"),
        [(f"{m.month:%B %Y}", _told(data, m), m.base) for m in reversed(data.months)],
    )


def _known(data: Trend) -> list[Month]:
    return [month for month in data.months if month.value is not None]


def _number(month: date) -> int:
    return month.year * 12 + month.month


def _month_scale(known: Sequence[Month]) -> Scale:
    first, last = _number(known[0].month), _number(known[-1].month)
    return Scale(first, max(last, first + 1), _LEFT, _RIGHT)


def _value_scale(data: Trend, known: Sequence[Month]) -> Scale:
    highest = max([1.0, *(month.value or 0 for month in known), *(data.zone or ())])
    return Scale(0, highest, _FLOOR, _TOP)


def _ground(data: Trend, y: Scale) -> Iterator[str]:
    if data.zone is not None:
        low, high = data.zone
        yield svg.rect(_LEFT - 8, y(high), _RIGHT - _LEFT + 16, y(low) - y(high), "chart-zone")
        words = f"grey: {low:g}–{high:g}{data.unit} good"
        yield svg.text(_RIGHT + 8, 12, words, "chart-text--small", "end")
    yield svg.line(_LEFT - 8, _FLOOR, _RIGHT + 8, _FLOOR, "chart-axis")
    yield svg.text(_LEFT - 11, _FLOOR + 4, "0", "chart-text--small", "end")


def _place(month: Month, x: Scale, y: Scale) -> tuple[float, float]:
    return x(_number(month.month)), y(month.value or 0)


def _lines(known: Sequence[Month], x: Scale, y: Scale) -> Iterator[str]:
    for before, after in pairwise(known):
        start, end = _place(before, x, y), _place(after, x, y)
        if before.base != after.base:
            middle = (start[0] + end[0]) / 2
            yield svg.line(middle, 18, middle, _FLOOR, "chart-line--dotted")
            yield svg.text(middle, 12, "base changed", "chart-text--small", "middle")
        else:
            follows = _number(after.month) == _number(before.month) + 1
            yield svg.line(*start, *end, "chart-line" if follows else "chart-line--dotted")


def _points(data: Trend, known: Sequence[Month], x: Scale, y: Scale) -> Iterator[str]:
    ends = {known[0].month, known[-1].month}
    ends |= {m.month for a, b in pairwise(known) if a.base != b.base for m in (a, b)}
    for month in known:
        across, up = _place(month, x, y)
        css = "chart-point" if month.base == known[0].base else "chart-point--hollow"
        yield svg.circle(across, up, 4, css, f"{month.month:%B %Y}: {_told(data, month)}")
        if month.month in ends:
            css = "chart-text--strong chart-halo"
            yield svg.text(across, up - 9, _told(data, month), css, "middle")


def _names(known: Sequence[Month], x: Scale) -> Iterator[str]:
    """Each month, and under the first of a year which one that is."""
    taken, year = -99.0, 0
    for month in known:
        place = x(_number(month.month))
        if place - taken >= 26:
            words = f"{month.month:%b}"
            yield svg.text(place, _FLOOR + 16, words, "chart-text--small", "middle")
            taken = place
            if month.month.year != year:
                year = month.month.year
                yield svg.text(place, _FLOOR + 30, str(year), "chart-text--small", "middle")


def _told(data: Trend, month: Month) -> str:
    return "not held" if month.value is None else f"{month.value:.1f}{data.unit}"


def _description(data: Trend, known: Sequence[Month]) -> str:
    first, last = known[0], known[-1]
    told = f"{first.month:%B %Y} {_told(data, first)}, {last.month:%B %Y} {_told(data, last)}."
    bases = list(dict.fromkeys(month.base for month in known if month.base))
    return told + (f" The base changed: {', then '.join(bases)}." if len(bases) > 1 else "")
