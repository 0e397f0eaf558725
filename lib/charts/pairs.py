"""Two figures a line, one below the other: this time dark, the one compared with light.

Classes: chart-pairs, chart-bar, chart-bar--other, chart-text with --small and --strong.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString

from lib.charts import svg
from lib.charts.svg import Scale

WIDTH: Final = 400
_LINE: Final = 46.0


@dataclass(frozen=True, slots=True)
class Pair:
    """None: may not be shown."""

    label: str
    now: float | None
    then: float | None


def pairs(title: str, data: Sequence[Pair], *, other: str = "compared") -> SafeString:
    """The picture, 400 wide; the numbers stand at the ends of the bars. `other` says what the
    light ones are."""
    highest = max([1.0, *(v for pair in data for v in (pair.now, pair.then) if v is not None)])
    x = Scale(0, highest, 0, WIDTH - 60)
    body: list[str] = []
    for number, pair in enumerate(data):
        body += _pair(pair, _LINE * number, x)
    told = "; ".join(f"{p.label} {_told(p.now)}, {other} {_told(p.then)}" for p in data)
    return svg.chart("pairs", WIDTH, max(_LINE, _LINE * len(data)), title, told, body)


def _pair(pair: Pair, top: float, x: Scale) -> Iterator[str]:
    # Above its bars: a long name would run into them.
    yield svg.text(0, top + 12, pair.label)
    yield from _bar(pair.now, top + 17, 12, x, "chart-bar", "chart-text--strong")
    yield from _bar(pair.then, top + 31, 8, x, "chart-bar--other", "chart-text--small")


def _bar(
    value: float | None, top: float, height: float, x: Scale, css: str, words: str
) -> Iterator[str]:
    end = 0 if value is None else x(value)
    if value is not None:
        yield svg.rect(0, top, end, height, css)
    yield svg.text(end + 5, top + height - (1 if height > 10 else -1), _told(value), words)


def _told(value: float | None) -> str:
    return "hidden" if value is None else f"{value:,g}"
