"""The course of each value and of the score between two instants, thinned by the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, NamedTuple
from uuid import UUID

from observations.kinds import NAMES
from observations.models.readings import Context, Quality
from observations.storage.queries import rows

# A line of 150 pixels shows no more.
_STEPS: Final = 30
_SCORE: Final = 0

# One pass over each table; the last value of each step stands for it, and none is lost from the
# lowest and highest.
_MEASURED: Final = f"""
SELECT kind, count(*), count(*) FILTER (WHERE late), min(number), max(number),
    (array_agg(number ORDER BY measured_at DESC))[1], max(measured_at)
FROM observations_reading
WHERE admission_id = %(admission)s AND measured_at > %(since)s AND measured_at <= %(until)s
  AND quality = {Quality.GOOD.value} AND context <> {Context.EXERTION.value} AND NOT error
GROUP BY kind, date_bin(%(step)s, measured_at, %(since)s)
UNION ALL
SELECT {_SCORE}, count(*), count(*) FILTER (WHERE total IS NULL), min(lowest), max(lowest),
    (array_agg(total ORDER BY measured_at DESC))[1], max(measured_at)
FROM observations_score
WHERE admission_id = %(admission)s AND measured_at > %(since)s AND measured_at <= %(until)s
GROUP BY date_bin(%(step)s, measured_at, %(since)s)
ORDER BY 1, 7
"""  # noqa: S608 — put together from constants only


class Point(NamedTuple):
    """`number` is None for a score that was not complete."""

    at: dt.datetime
    number: float | None


@dataclass(frozen=True)
class Span:
    """Of one kind: how many, how many late (of scores: incomplete), the range, and its course."""

    many: int
    late: int
    low: float | None
    high: float | None
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Measured:
    since: dt.datetime
    until: dt.datetime
    kinds: Mapping[str, Span]
    scores: Span | None

    @property
    def many(self) -> int:
        return sum(span.many for span in self.kinds.values())

    @property
    def late(self) -> int:
        return sum(span.late for span in self.kinds.values())


def measured(admission: UUID, since: dt.datetime, until: dt.datetime) -> Measured:
    """`since` is left out, `until` is not: what a review saw is not new after it."""
    step = max((until - since) / _STEPS, dt.timedelta(seconds=1))
    given = {"admission": admission, "since": since, "until": until, "step": step}
    found = groupby(rows(_MEASURED, given), key=lambda row: row[0])
    spans = {kind: _span(list(steps)) for kind, steps in found}
    scores = spans.pop(_SCORE, None)
    return Measured(since, until, {NAMES[kind]: span for kind, span in spans.items()}, scores)


def _span(steps: Sequence[tuple[Any, ...]]) -> Span:
    lows = [step[3] for step in steps if step[3] is not None]
    highs = [step[4] for step in steps if step[4] is not None]
    return Span(
        many=sum(step[1] for step in steps),
        late=sum(step[2] for step in steps),
        low=min(lows, default=None),
        high=max(highs, default=None),
        points=tuple(Point(step[6], step[5]) for step in steps),
    )
