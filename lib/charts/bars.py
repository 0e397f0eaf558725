"""Bars: beds per 100,000 against what is wanted, shares with a mark, lists and histograms.

Classes: chart-per-100k, chart-share, chart-rate, chart-dot-strip, chart-bars, chart-histogram,
chart-bar with --own --other --track, chart-zone, chart-mark, chart-mark-halo, chart-axis,
chart-line--wanted, chart-line--dotted, chart-point, chart-point--own, chart-text with --small and
--strong.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.utils.safestring import SafeString

from lib.charts import svg
from lib.charts.svg import Scale, Table

_WANTED: Final = (40, 50)
_SHARE: Final = Scale(0, 110, 0, 110)


@dataclass(frozen=True, slots=True)
class Bar:
    """A name and its figure; `own` is the reader's own organisation."""

    label: str
    value: float
    own: bool = False


@dataclass(frozen=True, slots=True)
class Per100k:
    """Beds per 100,000 on one named base; `short` is written between the first bar and the zone."""

    bars: Sequence[Bar]
    base: str
    short: str = ""


def per_100k(data: Per100k) -> SafeString:
    """The picture, 420 wide: each bar against the wanted 40 to 50."""
    floor = 34.0 + 44 * len(data.bars)
    top = max([55.0, *(bar.value * 1.25 for bar in data.bars)])
    x = Scale(0, top, 8, 408)
    body = [*_wanted(x, floor), *_per_100k_bars(data, x), *_per_100k_axis(x, floor)]
    told = "; ".join(f"{bar.label} {bar.value:.1f}" for bar in data.bars)
    title = f"Beds per 100,000, {data.base}"
    return svg.chart(
        "per-100k", 420, floor + 24, title, f"{told}. Wanted: 40 to 50. {data.short}".strip(), body
    )


def per_100k_rows(data: Per100k) -> Table:
    """The same as a table."""
    rows = [(bar.label, f"{bar.value:.1f}") for bar in data.bars]
    return Table(("Where", f"Beds per 100,000, {data.base}"), rows)


def share(percent: float | None, *, mark: float = 80, told: str = "") -> SafeString:
    """A bar of 110 by 12 from 0 to 110%, with a mark; what goes beyond ends at the edge."""
    track, marked = _marked(mark)
    bar = "" if percent is None else svg.rect(0, 1, _SHARE(percent), 10, "chart-bar")
    title = told or ("not known" if percent is None else f"{percent:.1f}%, wanted {mark:g}%")
    return svg.chart("share", 110, 12, title, "", [track, bar, marked])


# A table draws it in each of its rows.
@lru_cache(maxsize=16)
def _marked(mark: float) -> tuple[str, str]:
    """What lies under a share's bar, and what over it."""
    place = _SHARE(mark)
    halo = svg.rect(place - 2.5, 0, 5, 12, "chart-mark-halo")
    over = svg.rect(place - 1, 0, 2, 12, "chart-mark")
    return svg.rect(0, 2, 110, 8, "chart-bar--track"), halo + over


def rate(value: float, *, top: float, average: float, own: bool = False) -> SafeString:
    """A league row's bar of 190 by 19: beds per 100,000, the zone behind, the average dashed."""
    x = Scale(0, top, 0, 190)
    low, high = _WANTED
    body = [
        svg.rect(x(low), 0, x(high) - x(low), 19, "chart-zone"),
        svg.rect(0, 4, x(value), 11, "chart-bar--own" if own else "chart-bar--other"),
        svg.line(x(average), 0, x(average), 19, "chart-line--wanted"),
    ]
    return svg.chart("rate", 190, 19, f"{value:.1f} per 100,000", "", body)


def dot_strip(percent: float | None, *, average: float, own: bool = False) -> SafeString:
    """A league row's dot of 120 by 19 on 0 to 110%, the good zone behind; beyond: an arrow; not
    returned: a dash."""
    x = Scale(0, 110, 4, 116)
    body = [
        svg.rect(x(80), 0, x(92) - x(80), 19, "chart-zone"),
        svg.line(x(average), 0, x(average), 19, "chart-line--wanted"),
    ]
    if percent is None:
        body.append(svg.text(x(4), 14, "–", "chart-text--small"))
    elif percent > x.high:
        body.append('<path class="chart-point" d="M110 5l8 4.5l-8 4.5z"/>')
    else:
        css = "chart-point chart-point--own" if own else "chart-point"
        body.append(svg.circle(x(percent), 9.5, 4.5 if own else 3.8, css))
    told = "not returned" if percent is None else f"{percent:.1f}% taken"
    return svg.chart("dot-strip", 120, 19, told, "", body)


def bars(title: str, data: Sequence[Bar]) -> SafeString:
    """A list of horizontal bars, 400 wide, the figure at each end."""
    x = Scale(0, max([1.0, *(bar.value for bar in data)]), 0, 240)
    body: list[str] = []
    for number, bar in enumerate(data):
        top = 21.0 * number
        body.append(svg.text(0, top + 13, bar.label))
        body.append(svg.rect(110, top + 2, x(bar.value), 14, _css(bar)))
        body.append(svg.text(116 + x(bar.value), top + 13, f"{bar.value:g}", "chart-text--strong"))
    told = ", ".join(f"{bar.label} {bar.value:g}" for bar in data)
    return svg.chart("bars", 400, max(21, 21 * len(data)), title, told, body)


def bars_rows(heading: str, data: Sequence[Bar]) -> Table:
    """The same as a table."""
    return Table((heading, "Number"), [(bar.label, f"{bar.value:g}") for bar in data])


def histogram(
    title: str,
    data: Sequence[Bar],
    *,
    split_after: int | None = None,
    split_label: str = "",
    width: int = 490,
) -> SafeString:
    """Columns; those after the first `split_after` are lighter, behind a dashed line.

    `width` is that of its card, or the letters would shrink with the picture.
    """
    x = Scale(0, max(1, len(data)), 0, width)
    split = split_after is not None and split_after < len(data)
    # The words beside the split stand above every column.
    y = Scale(0, max([1.0, *(bar.value for bar in data)]), 112, 34 if split else 18)
    body: list[str] = []
    for number, bar in enumerate(data):
        before = split_after is None or number < split_after
        body += _column(bar, x(number), x(1), y, "chart-bar" if before else "chart-bar--other")
    body.append(svg.line(0, 112, width, 112, "chart-axis"))
    if split_after is not None and split:
        place = x(split_after)
        body.append(svg.line(place, 4, place, 112, "chart-line--wanted"))
        body.append(svg.text(place + 5, 14, split_label, "chart-text--strong"))
    told = ", ".join(f"{bar.label}: {bar.value:g}" for bar in data)
    return svg.chart("histogram", width, 142 if width < 490 else 130, title, told, body)


def _css(bar: Bar) -> str:
    return "chart-bar--own" if bar.own else "chart-bar"


def _column(bar: Bar, left: float, width: float, y: Scale, css: str) -> Iterator[str]:
    middle = left + width / 2
    yield svg.rect(left + 2, y(bar.value), width - 4, 112 - y(bar.value), css)
    yield svg.text(middle, y(bar.value) - 4, f"{bar.value:g}", "chart-text--small", "middle")
    # Under a narrow column "Thu 14" stands in two lines.
    for line, words in enumerate(bar.label.split(" ", 1) if width < 45 else [bar.label]):
        yield svg.text(middle, 126 + 12 * line, words, "chart-text--small", "middle")


def _wanted(x: Scale, floor: float) -> Iterator[str]:
    low, high = _WANTED
    yield svg.rect(x(low), 18, x(high) - x(low), floor - 18, "chart-zone")
    yield svg.text(x((low + high) / 2), 12, "wanted 40–50", "chart-text--strong", "middle")


def _per_100k_bars(data: Per100k, x: Scale) -> Iterator[str]:
    for number, bar in enumerate(data.bars):
        top = 30.0 + 44 * number
        yield svg.rect(x(0), top, x(bar.value) - x(0), 30, _rate_css(bar))
        yield from _rate_label(bar, x, top, data.short if number == 0 else "")


def _rate_css(bar: Bar) -> str:
    return "chart-bar--own" if bar.own else "chart-bar--other"


def _rate_label(bar: Bar, x: Scale, top: float, short: str) -> Iterator[str]:
    css = ("chart-text--strong" if bar.own else "chart-text") + " chart-halo"
    end = x(bar.value)
    if short and bar.value < _WANTED[0]:
        yield svg.line(end + 4, top + 24, x(_WANTED[0]), top + 24, "chart-line--dotted")
        yield svg.text(x(_WANTED[0]) - 4, top + 14, short, css, "end")
    # The two labels share the way to the zone: the bar's own goes under its line where it is short.
    yield svg.text(end + 6, top + (40 if short else 19), f"{bar.label} {bar.value:.1f}", css)


def _per_100k_axis(x: Scale, floor: float) -> Iterator[str]:
    yield svg.line(x(0), floor, x(x.high), floor, "chart-axis")
    for tick in range(0, int(x.high) + 1, 10):
        yield svg.text(x(tick), floor + 16, str(tick), "chart-text--small", "middle")
