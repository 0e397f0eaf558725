"""Findings: what a patient's values, score and changes mean under the rules in force.

A finding is a pure function of what was measured and of the rules of that instant, so it comes out
the same whatever order the readings arrived in. Whether it rings is `bells`' question.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol

from observations import kinds, news2, worsening
from observations.rulesets import (
    SCORED_MODES,
    SYMPTOMS,
    Change,
    Limit,
    Mode,
    Priority,
    Ruleset,
    Thresholds,
    rank,
)
from observations.worsening import Side

CONCERN: Final = "concern"
NEWS2: Final = "news2"
RISE: Final = "news2-rise"
# These are found by time passing, not by what was measured.
SILENCE: Final = "silence"
GATEWAY: Final = "gateway-down"
UNWATCHED: Final = "ward-unwatched"
_WORDS: Final = ("none", "one", "two", "three", "four", "five", "six", "seven")


class Measured(Protocol):
    """A charted value and when it was measured, whatever else its bearer knows."""

    @property
    def number(self) -> float: ...
    @property
    def measured_at(self) -> datetime: ...
    @property
    def code(self) -> str | None: ...


class Value(NamedTuple):
    """No more than that."""

    number: float
    measured_at: datetime
    code: str | None = None


@dataclass(frozen=True, slots=True)
class PastScore:
    """A complete earlier score."""

    total: int
    measured_at: datetime


@dataclass(frozen=True, slots=True)
class Context:
    """All that a finding may depend on, at one instant.

    `values` are those that still count at `at`, by kind, neither poor nor taken in exertion;
    `past` are earlier values of the kinds that have change rules; `score` belongs to `at`.
    """

    at: datetime
    mode: Mode
    rules: Ruleset
    values: Mapping[str, Measured] = field(default_factory=dict)
    score: news2.Score | None = None
    past: Mapping[str, Iterable[Measured]] = field(default_factory=dict)
    past_scores: Iterable[PastScore] = ()
    usual_news2: int | None = None
    concern_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that is crossed. `parameters` are what crossed it; `severity` orders findings of
    the same key (NEWS2's least score; of a limit its value's steps, 3 more where it scores a 3; of
    a change its own steps); `values` are kind and value as people read it."""

    key: str
    priority: Priority
    parameters: frozenset[str]
    text: str
    values: tuple[tuple[str, str], ...]
    measured_at: datetime
    severity: int = 0


def evaluate(context: Context) -> tuple[Finding, ...]:
    """Every finding, the most urgent first; independent of the order of anything given."""
    found = [*_concern(context), *_limits(context)]
    if context.mode != "comfort":
        found += _changes(context)
    if context.mode in SCORED_MODES and context.score is not None:
        found += [*_news2(context, context.score), *_rise(context, context.score)]
    if not found:  # nearly always
        return ()
    return tuple(sorted(found, key=lambda finding: (-rank(finding.priority), finding.key)))


def news2_priority(score: news2.Score, thresholds: Thresholds) -> Priority | None:
    """The priority of a score: `high` emergency, `medium` urgent, `low_medium` prompt, unless the
    patient's own thresholds move them."""
    if score.lowest >= thresholds.emergency:
        return "emergency"
    if score.lowest >= thresholds.urgent:
        return "urgent"
    return "prompt" if _single_threes(score, thresholds) else None


def news2_text(score: news2.Score, usual: int | None = None) -> str:
    """ "NEWS2 5", or "NEWS2 at least 3, six missing"; with the patient's usual score if known."""
    told = f"NEWS2 {score.total}"
    if score.total is None:
        told = f"NEWS2 at least {score.lowest}, {_WORDS[len(score.missing)]} missing"
    return told if usual is None else f"{told} (usual {usual})"


def _single_threes(score: news2.Score, thresholds: Thresholds) -> list[str]:
    threes = (name for name, part in score.parts.items() if part == 3)
    return [name for name in threes if name not in thresholds.quiet_threes]


def _concern(context: Context) -> Iterator[Finding]:
    if context.concern_at is not None:
        yield Finding(
            CONCERN, "urgent", frozenset({CONCERN}), "Carer worried", (), context.concern_at
        )


def _news2(context: Context, score: news2.Score) -> Iterator[Finding]:
    priority = news2_priority(score, context.rules.thresholds)
    if priority is None:
        return
    # A part of 1 comes and goes with every breath; 2 and 3 are what a nurse would call abnormal.
    crossed = frozenset(name for name, part in score.parts.items() if part is not None and part > 1)
    text = news2_text(score, context.usual_news2)
    shown = _shown(context, news2.PARAMETERS)
    yield Finding(NEWS2, priority, crossed, text, shown, context.at, score.lowest)


def _rise(context: Context, score: news2.Score) -> Iterator[Finding]:
    rise = context.rules.rise
    if rise is None:
        return
    since = context.at - timedelta(hours=rise.within_hours)
    before = [past.total for past in context.past_scores if since <= past.measured_at < context.at]
    if before and score.lowest - min(before) >= rise.by:
        least = "" if score.total is not None else "at least "
        text = f"NEWS2 {least}{score.lowest}, was {min(before)} within {rise.within_hours:g} h"
        crossed = frozenset(name for name, part in score.parts.items() if part)
        shown = _shown(context, news2.PARAMETERS)
        yield Finding(RISE, rise.priority, crossed, text, shown, context.at, score.lowest)


def _limits(context: Context) -> Iterator[Finding]:
    worst: dict[tuple[str, Side], Limit] = {}
    for limit in context.rules.limits:
        side = _side(limit, context)
        if side is None:
            continue
        known = worst.get((limit.kind, side))
        if known is None or _order(limit, side) > _order(known, side):
            worst[limit.kind, side] = limit
    for (kind, side), limit in worst.items():
        found = _limit_finding(kind, side, limit, context.values[kind])
        yield replace(found, severity=_severity(kind, side, context))


def _side(limit: Limit, context: Context) -> Side | None:
    value = context.values.get(limit.kind)
    if value is None or (context.mode == "comfort" and limit.kind not in SYMPTOMS):
        return None
    if limit.low is not None and value.number < limit.low:
        return "below"
    return "above" if limit.high is not None and value.number > limit.high else None


def _severity(kind: str, side: Side, context: Context) -> int:
    """So that who acknowledged an SpO2 of 90 is called again for one of 80, scored or not: a limit
    by itself knows no more than that it is crossed."""
    score = context.score
    red = score is not None and kind in _single_threes(score, context.rules.thresholds)
    return worsening.steps(kind, side, context.values[kind].number) + (3 if red else 0)


def _order(limit: Limit, side: Side) -> tuple[int, float]:
    # Of two limits with one priority the tighter is told.
    edge = limit.low if side == "below" else -(limit.high or 0.0)
    return rank(limit.priority), edge or 0.0


def _limit_finding(kind: str, side: Side, limit: Limit, value: Measured) -> Finding:
    known = kinds.KINDS[kind]
    told = kinds.show(kind, value.number, value.code)
    edge = limit.low if side == "below" else limit.high
    beyond = f"{side} {edge:g}" if not known.only_codes else "beyond what is agreed"
    unit = f" {known.unit}" if known.unit and value.code is None else ""
    text = f"{known.short.rstrip('.')} {told}{unit} {beyond}{unit}"
    return Finding(
        key=f"limit:{kind}:{side}",
        priority=limit.priority,
        parameters=frozenset({kind}),
        text=text,
        values=((kind, told),),
        measured_at=value.measured_at,
    )


def _changes(context: Context) -> Iterator[Finding]:
    worst: dict[str, Finding] = {}
    for change in context.rules.changes:
        finding = _change(change, context)
        if finding is None:
            continue
        known = worst.get(finding.key)
        if known is None or (rank(finding.priority), finding.text) > (
            rank(known.priority),
            known.text,
        ):
            worst[finding.key] = finding
    yield from worst.values()


def _change(change: Change, context: Context) -> Finding | None:
    value = context.values.get(change.kind)
    if value is None:
        return None
    since = value.measured_at - timedelta(hours=change.within_hours)
    past = context.past.get(change.kind, ())
    before = [p.number for p in past if since <= p.measured_at < value.measured_at]
    moved = _moved(value.number, before, change.by)
    if moved is None or abs(moved) < abs(change.by):
        return None
    return _change_finding(change, value, moved)


def _moved(number: float, before: list[float], by: float) -> float | None:
    """The largest gain (or, where `by` is negative, loss) since any value before; None if none."""
    if not before:
        return None
    # 71.3 - 69.3 is 1.9999999999999858: charted tenths must subtract as tenths.
    moved = round(number - (min(before) if by > 0 else max(before)), 6)
    return moved if (moved > 0) == (by > 0) else None


def _change_finding(change: Change, value: Measured, moved: float) -> Finding:
    known = kinds.KINDS[change.kind]
    direction = "gain" if moved > 0 else "loss"
    unit = f" {known.unit}" if known.unit else ""
    return Finding(
        key=f"change:{change.kind}:{direction}",
        priority=change.priority,
        parameters=frozenset({change.kind}),
        text=f"{known.short.rstrip('.')} {moved:+.{known.decimals}f}{unit}"
        f" in {change.within_hours:g} h",
        values=((change.kind, kinds.show(change.kind, value.number, value.code)),),
        measured_at=value.measured_at,
        severity=worsening.gained(moved, change.by),
    )


def _shown(context: Context, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (kind, kinds.show(kind, context.values[kind].number, context.values[kind].code))
        for kind in names
        if kind in context.values
    )
