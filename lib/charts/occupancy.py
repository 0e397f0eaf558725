"""Occupancy at 08:00 over months against the good zone, beds and patients below on the same days.

Classes: chart-occupancy, chart-zone, chart-grid, chart-axis, chart-line, chart-line--step,
chart-line--wanted, chart-area, chart-point--hollow, chart-text with --small and --strong,
chart-halo.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Final

from django.utils.safestring import SafeString

from lib.charts import svg
from lib.charts.svg import Scale, Table
from lib.london import plain_day

WIDTH: Final = 896
HEIGHT: Final = 312
_LEFT, _RIGHT = 44.0, 812.0
_TOP, _MIDDLE = 14.0, 180.0
_LOWER_TOP, _FLOOR = 222.0, 288.0
_WANTED: Final = 80
_GOOD: Final = (80, 92)


@dataclass(frozen=True, slots=True)
class Day:
    """A day's count at 08:00; without beds there is no occupancy, and the line breaks. It breaks
    too where people on leave, who are among the patients, begin or cease to count in it."""

    day: date
    beds: int
    patients: int
    on_leave: int = 0
    leave_counted: bool = True
    # In words, what was corrected in it after it had been counted.
    corrected: str = ""

    @property
    def percent(self) -> float | None:
        """Uncapped."""
        away = 0 if self.leave_counted else self.on_leave
        return 100 * (self.patients - away) / self.beds if self.beds else None

    @property
    def leave_words(self) -> str:
        return "counted" if self.leave_counted else "not counted"


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Days in order; `published` are the Thursdays of the statistic, drawn as rings."""

    days: Sequence[Day]
    published: Sequence[Day] = ()


def occupancy(data: Occupancy) -> SafeString:
    """The picture, 896 by 312; without any day no more than a line that says so."""
    if not data.days:
        return svg.nothing("occupancy", WIDTH, "Occupancy: no days counted", "No days counted yet")
    x, y = _day_scale(data), _percent_scale(data)
    upper = [
        *_zone(y),
        *_line(data, x, y),
        *_changes(data, x),
        *_marks(data, x, y),
        *_rings(data, x, y),
    ]
    body = [*upper, *_beds(data, x), *_months(data, x)]
    return svg.chart("occupancy", WIDTH, HEIGHT, _title(data), _description(data), body)


def rows(data: Occupancy) -> Table:
    """A row a day, the newest first."""
    published = {day.day for day in data.published}
    return Table(
        (
            "Day, 08:00",
            "Beds",
            "Patients",
            "On leave",
            "Occupancy",
            "People on leave",
            "Corrected",
            "Published",
        ),
        [
            (
                plain_day(day.day),
                str(day.beds),
                str(day.patients),
                str(day.on_leave),
                _told(day),
                day.leave_words,
                day.corrected,
                "yes" if day.day in published else "",
            )
            for day in reversed(data.days)
        ],
    )


def _told(day: Day) -> str:
    return "–" if day.percent is None else f"{day.percent:.1f}%"


def _day_scale(data: Occupancy) -> Scale:
    first, last = data.days[0].day.toordinal(), data.days[-1].day.toordinal()
    return Scale(first, max(last, first + 1), _LEFT, _RIGHT)


def _percent_scale(data: Occupancy) -> Scale:
    """30 to 110%, further where the figures go further: what is true is shown as it is."""
    known = [day.percent for day in (*data.days, *data.published) if day.percent is not None]
    low = min([30.0, *(value - 5 for value in known)])
    return Scale(max(0.0, low), max([110.0, *(value + 5 for value in known)]), _MIDDLE, _TOP)


def _zone(y: Scale) -> Iterator[str]:
    low, high = _GOOD
    yield svg.rect(_LEFT, y(high), _RIGHT - _LEFT, y(low) - y(high), "chart-zone")
    step = 20 if y.high <= 150 else 50
    for tick in range(0, int(y.high) + 1, step):
        if tick >= y.low:
            yield svg.line(_LEFT, y(tick), _RIGHT, y(tick), "chart-grid")
            yield svg.text(_LEFT - 6, y(tick) + 4, f"{tick}%", "chart-text--small", "end")
    yield svg.line(_LEFT, y(_WANTED), _RIGHT, y(_WANTED), "chart-line--wanted")
    for value, words, css in _beside(y):
        yield svg.text(_RIGHT + 8, y(value) + 4, words, css)


def _beside(y: Scale) -> Iterator[tuple[float, str, str]]:
    """What the zone means; of a long axis only what still has room beside the line wanted."""
    yield _WANTED, "80 wanted", "chart-text--strong"
    for value, words, nearest in ((87.5, "80–92 good", _WANTED), (100, "full", 87.5)):
        if y(nearest) - y(value) >= 12:
            yield value, words, "chart-text--small"


def _line(data: Occupancy, x: Scale, y: Scale) -> Iterator[str]:
    for (known, _), run in groupby(data.days, key=_drawn_as):
        if known:
            places = [(x(day.day.toordinal()), y(day.percent or 0)) for day in run]
            yield svg.polyline(places, "chart-line")
    last = data.days[-1]
    if last.percent is not None:
        place = x(last.day.toordinal()), y(last.percent)
        yield svg.circle(*place, 4, "chart-point")
        css = "chart-text--strong chart-halo"
        yield svg.text(place[0] - 8, place[1] - 8, _told(last), css, "end")


def _drawn_as(day: Day) -> tuple[bool, bool]:
    return day.percent is not None, day.leave_counted


def _changes(data: Occupancy, x: Scale) -> Iterator[str]:
    """Where people on leave begin or cease to count: figures before and after are not alike."""
    for before, day in pairwise(data.days):
        if before.leave_counted == day.leave_counted:
            continue
        place = (x(before.day.toordinal()) + x(day.day.toordinal())) / 2
        yield svg.line(place, _TOP, place, _MIDDLE, "chart-line--wanted")
        words = f"people on leave {day.leave_words} from {plain_day(day.day)}"
        css, late = "chart-text--small chart-halo", place > (_LEFT + _RIGHT) / 2
        yield svg.text(
            place + (-6 if late else 6), _TOP + 12, words, css, "end" if late else "start"
        )


def _marks(data: Occupancy, x: Scale, y: Scale) -> Iterator[str]:
    """A small ring on each day that was corrected, which says what it was."""
    for day in data.days:
        if day.corrected:
            place = x(day.day.toordinal()), y(y.low if day.percent is None else day.percent)
            yield svg.circle(
                *place, 3, "chart-point--hollow", f"{plain_day(day.day)}: {day.corrected}"
            )


def _rings(data: Occupancy, x: Scale, y: Scale) -> Iterator[str]:
    for day in data.published:
        if day.percent is None or not data.days[0].day <= day.day <= data.days[-1].day:
            continue
        place = x(day.day.toordinal()), y(day.percent)
        yield svg.circle(*place, 4.5, "chart-point--hollow", f"{plain_day(day.day)}: {_told(day)}")
        css = "chart-text--strong chart-halo"
        yield svg.text(place[0], place[1] - 9, _told(day), css, "middle")


def _beds(data: Occupancy, x: Scale) -> Iterator[str]:
    top = max([1, *(max(day.beds, day.patients) for day in data.days)])
    y = Scale(0, top, _FLOOR, _LOWER_TOP)
    yield svg.text(
        _LEFT, _LOWER_TOP - 14, "beds (line) and patients (filled), 08:00", "chart-text--small"
    )
    patients = [(x(day.day.toordinal()), y(day.patients)) for day in data.days]
    edge = [(patients[0][0], _FLOOR), *svg.steps(patients, _RIGHT), (_RIGHT, _FLOOR)]
    yield svg.polyline(edge, "chart-area")
    beds = [(x(day.day.toordinal()), y(day.beds)) for day in data.days]
    yield svg.polyline(svg.steps(beds, _RIGHT), "chart-line--step")
    yield svg.line(_LEFT, _FLOOR, _RIGHT, _FLOOR, "chart-axis")
    yield from _bed_labels(data.days[-1], y)


def _bed_labels(last: Day, y: Scale) -> Iterator[str]:
    beds, patients = y(last.beds) + 4, y(last.patients) + 4
    if abs(beds - patients) < 14:  # keep the two apart, in their order
        patients = beds + (14 if last.beds >= last.patients else -14)
    yield svg.text(_RIGHT + 8, beds, f"{last.beds} beds", "chart-text--strong")
    yield svg.text(_RIGHT + 8, patients, f"{last.patients} patients", "chart-text")


def _months(data: Occupancy, x: Scale) -> Iterator[str]:
    """A name at each month's first day; on less than two months, at each Thursday."""
    first, last = data.days[0].day, data.days[-1].day
    long = (last - first).days > 62
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if (day.day == 1) if long else (day.weekday() == 3):
            place = x(day.toordinal())
            yield svg.line(place, _FLOOR, place, _FLOOR + 5, "chart-axis")
            words = f"{day:%b %Y}" if day.month == 1 and long else f"{day:%b}"
            words = words if long else f"{day.day} {day:%b}"
            yield svg.text(place + 2, _FLOOR + 18, words, "chart-text--small")


def _title(data: Occupancy) -> str:
    first, last = data.days[0].day, data.days[-1].day
    return f"Occupancy at 08:00, {plain_day(first)} to {plain_day(last)}"


def _description(data: Occupancy) -> str:
    last = data.days[-1]
    known = [day.percent for day in data.days if day.percent is not None]
    spread = f"Between {min(known):.1f}% and {max(known):.1f}%. " if known else ""
    return f"{spread}On the last day {last.patients} patients in {last.beds} beds, {_told(last)}."
