"""What a patient's readings say at each instant: which values still count, the score, the findings.

Nothing here asks a database: given the same readings and the same plan it says the same, in
whatever order they arrived.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from observations import kinds, news2
from observations.judgement.plans import Plan
from observations.rules import Context, Finding, PastScore, Value, evaluate
from observations.rulesets import SCORED_MODES, Mode, Ruleset

HOUR: Final = timedelta(hours=1)
HALF_DAY: Final = timedelta(hours=12)
# How long a value counts in a score; anything else is judged at its own instant alone.
COUNTS_FOR: Final[Mapping[str, timedelta]] = {
    "respiratory_rate": HOUR,
    "spo2": HOUR,
    "pulse": HOUR,
    "oxygen": HALF_DAY,
    "systolic": HALF_DAY,
    "consciousness": HALF_DAY,
    "temperature": HALF_DAY,
}
_OWN_INSTANT: Final = timedelta(0)
_SEEN_BY_STAFF: Final = frozenset({3, 4})


class Point(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """A reading that counts. Two of one kind and instant are ordered by device and id, so that
    the same one wins whichever came first."""

    at: datetime
    device_id: int
    sender_id: str
    number: float
    code: str | None
    source: int
    received_at: datetime
    late: bool

    @property
    def measured_at(self) -> datetime:
        """As `rules` calls it."""
        return self.at


Series = Mapping[str, Sequence[Point]]


@dataclass(slots=True)
class Judged:
    """One instant: the values that count then, and the score that they make, if any."""

    at: datetime
    mode: Mode
    values: dict[str, Point]
    score: news2.Score | None = None
    scale: int = 1
    oldest_at: datetime | None = None
    oxygen_from_plan: bool = False
    self_reported: bool = False


@dataclass(slots=True)
class Past:
    """What rules compare with: complete scores, and values by kind; both in order of time."""

    scores: list[PastScore] = field(default_factory=list)
    values: dict[str, list[Value]] = field(default_factory=dict)


def judge(plan: Plan, series: Series, instants: Iterable[datetime]) -> list[Judged]:
    """Each instant in order; `series` are sorted by time."""
    reached = dict.fromkeys(series, 0)
    judged = []
    for at in instants:
        values = {}
        for kind, points in series.items():
            position = reached[kind] = _advance(points, reached[kind], at)
            if position and at - points[position - 1].at <= COUNTS_FOR.get(kind, _OWN_INSTANT):
                values[kind] = points[position - 1]
        judged.append(_scored(plan, Judged(at, plan.mode_at(at), values)))
    return judged


def findings(plan: Plan, judged: Judged, past: Past) -> list[Finding]:
    """What crosses at this instant, and nothing that an earlier instant has said already."""
    rules = plan.rules_at(judged.at)
    context = Context(
        at=judged.at,
        mode=judged.mode,
        rules=rules,
        values=judged.values,
        score=judged.score,
        past={change.kind: past.values.get(change.kind, ()) for change in rules.changes},
        past_scores=_within_rise(rules, judged, past),
        usual_news2=plan.usual_news2,
    )
    return [finding for finding in evaluate(context) if finding.measured_at == judged.at]


def needs_past_scores(plan: Plan, judged: Judged) -> bool:
    """No complete score is below nought: what scores less than a rise has not risen."""
    rise = plan.ever.rise
    return rise is not None and judged.score is not None and judged.score.lowest >= rise.by


def _within_rise(rules: Ruleset, judged: Judged, past: Past) -> list[PastScore]:
    hours = 0.0 if rules.rise is None else rules.rise.within_hours
    return _between(past.scores, judged.at, hours) if past.scores else []


def _between(scores: list[PastScore], at: datetime, hours: float) -> list[PastScore]:
    def when(score: PastScore) -> datetime:
        return score.measured_at

    first = bisect_left(scores, at - timedelta(hours=hours), key=when)
    return scores[first : bisect_left(scores, at, key=when)]


def _advance(points: Sequence[Point], position: int, at: datetime) -> int:
    while position < len(points) and points[position].at <= at:
        position += 1
    return position


def _scored(plan: Plan, judged: Judged) -> Judged:
    if judged.mode not in SCORED_MODES:
        return judged
    counted = [(kind, point) for kind, point in judged.values.items() if kind in COUNTS_FOR]
    times = [point.at for _, point in counted]
    if judged.at not in times:
        return judged
    given: dict[str, Any] = dict.fromkeys(news2.PARAMETERS)
    for kind, point in counted:
        given[kind] = kinds.news2_argument(kind, point.number, point.code)
    if given["oxygen"] is None and plan.on_oxygen_at(judged.at):
        given["oxygen"], judged.oxygen_from_plan = True, True
    judged.scale = 2 if judged.mode == "news2_scale2" else 1
    judged.score = news2.score(**given, spo2_scale=judged.scale)
    judged.oldest_at = min(times)
    told = judged.values.get("consciousness")
    judged.self_reported = told is not None and told.source not in _SEEN_BY_STAFF
    return judged


def as_values(points: Iterable[Point]) -> list[Value]:
    return [Value(p.number, p.at, p.code) for p in points]
