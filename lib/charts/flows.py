"""Who came and who left, a week a column: in above the line, by route, out below.

Classes: chart-flows, chart-bar, chart-bar--other, chart-hatch, chart-hatch-line, chart-axis,
chart-text with --small and --strong.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString

from lib.charts import svg
from lib.charts.svg import Scale, Table

WIDTH: Final = 490
HEIGHT: Final = 210
_HEIGHT_OF_ALL: Final = 150.0
_TOP: Final = 18.0


@dataclass(frozen=True, slots=True)
class Week:
    """The counts of a week, named by its dates."""

    label: str
    step_up: int
    step_down: int
    out: int

    @property
    def into(self) -> int:
        return self.step_up + self.step_down


def flows(data: Sequence[Week]) -> SafeString:
    """The picture, 490 by 210."""
    above, below = max([1, *(w.into for w in data)]), max([1, *(w.out for w in data)])
    unit = _HEIGHT_OF_ALL / (above + below)
    zero = _TOP + above * unit
    x = Scale(0, max(1, len(data)), 0, WIDTH)
    body: list[str] = []
    for number, week in enumerate(data):
        body += _week(week, x(number), x(1), zero, unit)
    body.append(svg.line(0, zero, WIDTH, zero, "chart-axis"))
    told = "; ".join(f"{w.label}: in {w.into}, out {w.out}, net {_net(w)}" for w in data)
    return svg.chart("flows", WIDTH, HEIGHT, "Patients in and out, by week", told, body)


def rows(data: Sequence[Week]) -> Table:
    """The same as a table."""
    headings = ("Week", "Step-up in", "Step-down in", "Out", "Net")
    found = [(w.label, str(w.step_up), str(w.step_down), str(w.out), _net(w)) for w in data]
    return Table(headings, found)


def _net(week: Week) -> str:
    return f"{week.into - week.out:+d}".replace("-", "−")


def _week(week: Week, left: float, room: float, zero: float, unit: float) -> Iterator[str]:
    width = room * 0.55
    middle, right = left + width / 2, left + width + 5
    down, up = week.step_down * unit, week.step_up * unit
    yield svg.rect(left, zero - down, width, down, "chart-bar")
    yield from _hatched(left, zero - down - up, width, up)
    yield svg.rect(left, zero, width, week.out * unit, "chart-bar--other")
    yield from _routes(week, right, zero, unit)
    yield svg.text(middle, zero - down - up - 5, f"in {week.into}", "chart-text--strong", "middle")
    net = f"net {_net(week)}"
    # A long one in two lines: the last column ends where the picture does.
    for number, words in enumerate(net.split() if len(net) > 7 else [net]):
        yield svg.text(right, zero + 16 + 13 * number, words, "chart-text--strong")
    below = zero + week.out * unit + 14
    yield svg.text(middle, below, f"out {week.out}", "chart-text--strong", "middle")
    yield svg.text(left, HEIGHT - 4, week.label, "chart-text--small")


def _routes(week: Week, right: float, zero: float, unit: float) -> Iterator[str]:
    """Each beside its part, the upper one clear of the lower; nought has no part."""
    down, up = week.step_down * unit, week.step_up * unit
    place = zero - down / 2 + 4
    if week.step_down:
        yield svg.text(right, place, str(week.step_down))
    if week.step_up:
        above = zero - down - up / 2 + 4
        yield svg.text(
            right, min(above, place - 12) if week.step_down else above, str(week.step_up)
        )


def _hatched(left: float, top: float, width: float, height: float) -> Iterator[str]:
    """Slanting lines inside a box, drawn one by one: a pattern would need an id of its own."""
    yield svg.rect(left, top, width, height, "chart-hatch")
    offset = 6.0
    while offset < width + height:
        start = (left + min(offset, width), top + max(0.0, offset - width))
        end = (left + max(0.0, offset - height), top + min(offset, height))
        yield svg.line(*start, *end, "chart-hatch-line")
        offset += 6.0
