"""Re-scores the admissions that a batch touched, and writes what follows: latest vitals, scores,
findings, the standing.

Most readings are newer than all that is stored: then the latest vitals and the batch are enough.
A reading that is not changes what later instants say, and these are judged again from the table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from observations import clocks
from observations.attribution import AdmissionFacts
from observations.judgement import history, judging, results
from observations.judgement.judging import COUNTS_FOR, HALF_DAY, Judged, Past, Point
from observations.judgement.plans import Plan, plans_of
from observations.judgement.results import StandingNow
from observations.rules import Finding, PastScore
from observations.rulesets import SCORED_MODES

_MICROSECOND: Final = timedelta(microseconds=1)
_BEFORE_NEWEST: Final = timedelta(days=2)


class Touch(msgspec.Struct, frozen=True, gc=False):
    """A stored reading that counts, and by how much its gateway's clock is wrong."""

    kind: str
    point: Point
    offset: float


@dataclass(slots=True)
class Job:
    """One admission's work in a batch."""

    admission: AdmissionFacts
    plan: Plan
    touches: list[Touch]
    standing: StandingNow
    fresh: bool = True
    # The kinds whose newest value this batch moved, and from when.
    moved: dict[str, datetime | None] = field(default_factory=dict)
    # After a correction: the instants to judge again, whatever was touched.
    again: tuple[datetime, datetime] | None = None
    series: dict[str, list[Point]] = field(default_factory=dict)
    instants: list[datetime] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)
    past: Past = field(default_factory=Past)
    found: list[Finding] = field(default_factory=list)

    # As text, for the many lines that name it; a UUID is slow to write.
    key: str = ""
    # The newest instant stored before this batch.
    newest: datetime | None = None

    def __post_init__(self) -> None:
        self.key = str(self.admission.id)
        self.newest = max([point.at for point in self.latest.values()], default=None)

    @property
    def latest(self) -> dict[str, Point]:
        """The newest of each kind: what was stored, moved by this batch once it is judged."""
        return self.standing.latest

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The instants, both included, whose findings this batch can change."""
        if self.again is not None:
            return self.again
        if self.fresh:
            return self.instants[0], self.instants[-1]
        times = [touch.point.at for touch in self.touches]
        return min(times), max(times) + _reach(self.plan)


def rescore(
    touched: dict[UUID, list[Touch]],
    admissions: Collection[AdmissionFacts],
    *,
    at: datetime,
    batch: int,
) -> list[Job]:
    """Judge again what these readings touch and write it down; the admissions are locked."""
    jobs = jobs_of(touched, [a for a in admissions if a.id in touched])
    _prepare(jobs)
    for job in jobs:
        job.judged = judging.judge(job.plan, job.series, job.instants)
    remember_scores(jobs)
    for job in jobs:
        find(job)
    _write(jobs, at=at, batch=batch)
    return jobs


def rejudge(
    spans: dict[UUID, tuple[datetime, datetime]],
    admissions: Collection[AdmissionFacts],
    *,
    at: datetime,
    batch: int,
) -> list[Job]:
    """After a correction: judge again, from the table, all that readings in these spans could
    change; latest vitals and standings may move backwards here, and only here."""
    chosen = [a for a in admissions if a.id in spans]
    standings = results.standings([a.id for a in chosen])
    for admission in chosen:
        standings[admission.id].latest = history.newest(admission.id, admission.admitted_at, at)
    jobs = _jobs({a.id: [] for a in chosen}, chosen, standings)
    for job in jobs:
        job.fresh, job.again = False, _widened(job, *spans[job.admission.id])
    _from_table(jobs)
    for job in jobs:
        job.judged = judging.judge(job.plan, job.series, job.instants)
    remember_scores(jobs)
    for job in jobs:
        find(job)
        results.drop_scores(job.admission.id, *job.span, but=_scored_instants(job))
    _write(jobs, at=at, batch=batch)
    return jobs


def _widened(job: Job, start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Far enough for the standing, too: its newest score and the one before."""
    newest = job.newest or end
    scored = max((p.at for kind, p in job.latest.items() if kind in COUNTS_FOR), default=newest)
    # A time as sent may lie that much after the one at which it was judged.
    first = min(start - clocks.MOST, scored - _BEFORE_NEWEST)
    return first, max(end + _reach(job.plan), newest)


def _scored_instants(job: Job) -> list[datetime]:
    return [judged.at for judged in job.judged if judged.score is not None]


def jobs_of(touched: dict[UUID, list[Touch]], admissions: Collection[AdmissionFacts]) -> list[Job]:
    """What is stored of them; in a transaction that holds their locks."""
    return _jobs(touched, admissions, results.standings([a.id for a in admissions]))


def _jobs(
    touched: dict[UUID, list[Touch]],
    admissions: Collection[AdmissionFacts],
    standings: dict[UUID, StandingNow],
) -> list[Job]:
    plans = plans_of(admissions)
    return [Job(a, plans[a.id], touched[a.id], standings[a.id]) for a in admissions]


def _prepare(jobs: Iterable[Job]) -> None:
    late = []
    for job in jobs:
        oldest = min(touch.point.at for touch in job.touches)
        job.fresh = job.newest is None or oldest >= job.newest
        if job.fresh:
            _from_latest(job)
        else:
            late.append(job)
    _from_table(late)


def _from_latest(job: Job) -> None:
    series: dict[str, list[Point]] = defaultdict(list)
    for kind, point in job.latest.items():
        series[kind].append(point)
    for touch in job.touches:
        series[touch.kind].append(touch.point)
    for points in series.values():
        points.sort()
    job.series = series
    job.instants = sorted({touch.point.at for touch in job.touches})
    for change in job.plan.ever.changes:
        known = job.series.get(change.kind)
        if known and known[-1].at >= job.instants[0]:
            since = job.instants[0] - timedelta(hours=change.within_hours)
            before = history.values(job.admission.id, change.kind, since, job.instants[-1])
            job.past.values[change.kind] = before


def _from_table(jobs: Sequence[Job]) -> None:
    """However many are late: one query."""
    found = history.series({job.admission.id: _looked_back(job) for job in jobs})
    for job in jobs:
        start, end = job.span
        job.series = found[job.admission.id]
        times = {point.at for points in job.series.values() for point in points}
        job.instants = sorted(at for at in times if start <= at <= end)
        for change in job.plan.ever.changes:
            job.past.values[change.kind] = judging.as_values(job.series.get(change.kind, ()))


def _looked_back(job: Job) -> tuple[datetime, datetime]:
    start, end = job.span
    back = max([HALF_DAY, *(timedelta(hours=c.within_hours) for c in job.plan.ever.changes)])
    return start - back, end + _MICROSECOND


def _reach(plan: Plan) -> timedelta:
    """How far after a reading a score or finding can depend on it."""
    rise = plan.ever.rise
    hours = [change.within_hours for change in plan.ever.changes]
    after_score = HALF_DAY + timedelta(hours=rise.within_hours if rise else 0)
    return max([after_score, *(timedelta(hours=h) for h in hours)])


def remember_scores(jobs: list[Job]) -> None:
    """Earlier complete scores, for those who may have risen from them."""
    asking = [
        job for job in jobs if any(judging.needs_past_scores(job.plan, j) for j in job.judged)
    ]
    stored = history.complete_scores(
        {job.admission.id: (_rise_start(job), job.instants[0]) for job in asking}
    )
    for job in asking:
        own = [
            PastScore(j.score.total, j.at)
            for j in job.judged
            if j.score is not None and j.score.total is not None
        ]
        job.past.scores = stored.get(job.admission.id, []) + own


def _rise_start(job: Job) -> datetime:
    rise = job.plan.ever.rise
    return job.instants[0] - timedelta(hours=rise.within_hours if rise else 0)


def find(job: Job) -> None:
    """What crosses at each of its instants."""
    for judged in job.judged:
        job.found += judging.findings(job.plan, judged, job.past)


def _write(jobs: list[Job], *, at: datetime, batch: int) -> None:
    for job in jobs:
        _move_latest(job)
    results.write_scores(_scores(jobs), batch=batch)
    again = {job.admission.id: job.span for job in jobs if _seen_before(job)}
    results.write_findings(
        {job.admission.id: job.found for job in jobs}, again=again, at=at, batch=batch
    )
    results.write_standings(_standings(jobs))


def _seen_before(job: Job) -> bool:
    """Whether something may be stored already about the instants judged now."""
    return not job.fresh or job.instants[0] == job.newest


def _move_latest(job: Job) -> None:
    """Forward only: an older one that comes later moves nothing."""
    latest, moved = job.latest, job.moved
    for touch in job.touches:
        kind, point = touch.kind, touch.point
        before = latest.get(kind)
        if before is None or point > before:
            moved.setdefault(kind, None if before is None else before.at)
            latest[kind] = point


def _scores(jobs: list[Job]) -> Iterable[tuple[str, Judged]]:
    for job in jobs:
        for judged in job.judged:
            if judged.score is not None:
                yield job.key, judged


def _standings(jobs: list[Job]) -> list[StandingNow]:
    for job in jobs:
        _stand(job)
    results.recall_responses(job.standing for job in jobs if not job.fresh)
    return [job.standing for job in jobs]


def _stand(job: Job) -> None:
    now, telling = job.standing, _telling(job)
    if job.again is not None:
        now.clear()
        now.last_reading_at = job.newest
    else:
        now.last_reading_at = max(point.at for point in job.latest.values())
    if telling and (now.measured_at is None or telling[-1].at >= now.measured_at):
        _move(now, telling)
    elif telling and (now.previous_at is None or telling[-1].at >= now.previous_at):
        now.compare_with(telling[-1])
    if job.again is not None:
        results.recall_previous(now)


def _telling(job: Job) -> list[Judged]:
    """The instants that say how somebody is: a weight alone takes no score off the board."""
    return [j for j in job.judged if j.score is not None or j.mode not in SCORED_MODES]


def _move(now: StandingNow, judged: list[Judged]) -> None:
    newest = judged[-1]
    if len(judged) > 1:
        now.compare_with(judged[-2])
    elif now.measured_at != newest.at:
        now.previous_at, now.previous_total = now.measured_at, now.total
    now.show(newest)
    for one in judged:
        if one.score is not None:
            now.notice(one.score, one.at)
