"""One value's course in the width of a table's cell: a line, its points, the newest filled.

Classes: chart-course, chart-line, chart-course-dot.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.utils.safestring import SafeString

from lib.charts import svg
from lib.charts.svg import Scale

WIDTH: Final = 150
HEIGHT: Final = 24
_LEFT, _RIGHT = 5.0, 145.0
_TOP, _FLOOR = 5.0, 19.0
# So many points stand apart; of more the line alone is drawn.
_DOTTED: Final = 12


def course(
    title: str,
    points: Sequence[tuple[datetime, float]],
    *,
    between: tuple[datetime, datetime],
    least: float,
) -> SafeString:
    """The picture, 150 by 24; a spread below `least` is drawn as small as it is."""
    values = [value for _, value in points]
    middle = (min(values) + max(values)) / 2
    half = max(max(values) - min(values), least) / 2
    up = Scale(middle - half, middle + half, _FLOOR, _TOP)
    start, end = (moment.timestamp() for moment in between)
    along = Scale(start, max(end, start + 1), _LEFT, _RIGHT)
    places = [(along(at.timestamp()), up(value)) for at, value in points]
    few = places[:-1] if len(places) <= _DOTTED else []
    body = [svg.polyline(places, "chart-line")]
    body += [svg.circle(x, y, 2, "chart-course-dot") for x, y in few]
    body.append(svg.circle(*places[-1], 3.5, "chart-course-dot"))
    return svg.chart("course", WIDTH, HEIGHT, title, "", body)
