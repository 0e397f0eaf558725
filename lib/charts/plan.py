"""Beds by day as planned, against the band that is wanted.

Classes: chart-plan, chart-zone (the band), chart-grid, chart-axis, chart-line--step, chart-point,
chart-text--small, chart-text--strong, chart-halo.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Final

from django.utils.safestring import SafeString

from lib.charts import svg
from lib.charts.svg import Scale, Table
from lib.london import plain_day

WIDTH: Final = 896
HEIGHT: Final = 300
_LEFT, _RIGHT = 52.0, 800.0
_TOP, _FLOOR = 20.0, 256.0


@dataclass(frozen=True, slots=True)
class Step:
    """From a day on so many beds, which are so many per 100,000."""

    day: date
    beds: int
    rate: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """From a day on so many beds are wanted, low and high, and how that is called."""

    day: date
    low: int
    high: int
    words: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Both in order and from the same day on; `until` is where the picture ends."""

    title: str
    steps: Sequence[Step]
    bands: Sequence[Band]
    until: date


def plan(data: Plan) -> SafeString:
    """The picture, 896 by 300; the axis begins at no beds."""
    x, y = _scales(data)
    body = [*_bands(data, x, y), *_ground(y), *_steps(data, x, y), *_days(data, x)]
    return svg.chart("plan", WIDTH, HEIGHT, data.title, _description(data), body)


def rows(data: Plan) -> Table:
    """The same as a table, in order of the days."""
    cells = [(plain_day(s.day), f"{s.beds:,}", s.rate, s.why) for s in data.steps]
    return Table(("From", "Beds", "Per 100,000", "What changes"), cells)


def _scales(data: Plan) -> tuple[Scale, Scale]:
    first = data.steps[0].day.toordinal()
    top = max([1, *(step.beds for step in data.steps), *(band.high for band in data.bands)])
    x = Scale(first, max(data.until.toordinal(), first + 1), _LEFT, _RIGHT)
    return x, Scale(0, top * 1.08, _FLOOR, _TOP)


def _bands(data: Plan, x: Scale, y: Scale) -> Iterator[str]:
    for band, following in zip_longest(data.bands, data.bands[1:]):
        end = following.day if following else data.until
        left, right = x(band.day.toordinal()), x(end.toordinal())
        yield svg.rect(left, y(band.high), right - left, y(band.low) - y(band.high), "chart-zone")


def _ground(y: Scale) -> Iterator[str]:
    every = next(n for n in (5, 10, 20, 50, 100, 200, 500, 1000, 10**5) if n * 6 > y.high)
    for beds in range(0, int(y.high) + 1, every):
        css = "chart-grid" if beds else "chart-axis"
        yield svg.line(_LEFT, y(beds), _RIGHT, y(beds), css)
        yield svg.text(_LEFT - 6, y(beds) + 4, f"{beds:,}", "chart-text--small", "end")


def _steps(data: Plan, x: Scale, y: Scale) -> Iterator[str]:
    places = [(x(step.day.toordinal()), y(step.beds)) for step in data.steps]
    yield svg.polyline(svg.steps(places, _RIGHT), "chart-line--step")
    for step, (across, up) in zip(data.steps, places, strict=True):
        told = f"{plain_day(step.day)}: {step.beds:,} beds. {step.why}".strip()
        yield svg.circle(across, up, 4, "chart-point", told)
    yield from _names(data, places[-1][1], y)


def _names(data: Plan, beds: float, y: Scale) -> Iterator[str]:
    """The band's name beside it; above it, where the beds end within it."""
    yield svg.text(_RIGHT + 8, beds + 4, f"{data.steps[-1].beds:,} beds", "chart-text--strong")
    for band in data.bands[-1:]:
        place = (y(band.low) + y(band.high)) / 2
        if abs(place - beds) < 26:
            place = beds - 26
        yield svg.text(_RIGHT + 8, place - 2, band.words, "chart-text--small")
        yield svg.text(_RIGHT + 8, place + 11, "per 100,000", "chart-text--small")


def _days(data: Plan, x: Scale) -> Iterator[str]:
    """Those of the steps, left out where one would cover the one before; the end, if it fits."""
    taken = -99.0
    for step in data.steps:
        place = x(step.day.toordinal())
        if place - taken >= 80 and place <= _RIGHT - 70:
            words = f"{step.day.day} {step.day:%b %Y}"
            yield svg.text(place, _FLOOR + 18, words, "chart-text--small")
            taken = place
    if taken <= _RIGHT - 150:
        yield svg.text(_RIGHT, _FLOOR + 18, plain_day(data.until), "chart-text--small", "end")


def _description(data: Plan) -> str:
    first, last = data.steps[0], data.steps[-1]
    told = f"{first.beds:,} beds on {plain_day(first.day)}"
    if first is last:
        return f"{told}; nothing is planned."
    return f"{told}, {last.beds:,} from {plain_day(last.day)}."
