"""What the current values say under the rules in force now, after these changed.

A finding belongs to the rules of the instant at which it was measured, and stays as it is. What a
change of plan makes of values that still count is rung, where nobody was told of it yet, and
closes nothing. The caller holds the admissions' lock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from observations.alerting import ringing
from observations.attribution import AdmissionFacts
from observations.bells import WORSE_BY
from observations.judgement import history, judging, scoring
from observations.judgement.judging import COUNTS_FOR
from observations.judgement.scoring import Job, Touch
from observations.models import Trigger
from observations.rules import Finding
from observations.rulesets import as_priority, rank
from observations.storage.queries import rows

# The rarest planned reading is weekly; what is older than two of them is current nowhere.
_CURRENT: Final = timedelta(days=14)
_OFFSETS: Final = """
    SELECT admission_id, measured_at, max(clock_offset) FROM observations_reading
    WHERE admission_id = ANY(%s::uuid[]) AND measured_at = ANY(%s::timestamptz[])
      AND measured_at >= %s AND measured_at <= %s
    GROUP BY admission_id, measured_at
"""


@dataclass(slots=True)
class Told:
    """What the alerts of an admission, open and closed, have told so far."""

    triggers: list[Trigger] = field(default_factory=list)

    def covers(self, finding: Finding) -> bool:
        """Somebody was told this much of the same values, and acknowledged it or will."""
        return any(self._covers(trigger, finding) for trigger in self.triggers)

    def _covers(self, trigger: Trigger, finding: Finding) -> bool:
        if trigger.rule != finding.key or trigger.last_at < finding.measured_at:
            return False
        shown = {
            name
            for other in self.triggers
            if other.alert_id == trigger.alert_id
            for name in other.parameters
        }
        return (
            rank(as_priority(trigger.priority)) >= rank(finding.priority)
            and finding.severity < trigger.severity + WORSE_BY
            and finding.parameters <= shown
        )


def ring(admissions: Collection[AdmissionFacts], *, at: datetime, batch: int) -> None:
    """Judge the newest values again, and ring what newly crosses; a second time rings nothing."""
    jobs = _jobs([a for a in admissions if a.discharged_at is None], at)
    told = _told([job for job in jobs if job.found])
    for job in jobs:
        job.found = [one for one in job.found if not told[job.admission.id].covers(one)]
    ringing.ring(jobs, at=at, batch=batch)


def _jobs(admissions: Sequence[AdmissionFacts], at: datetime) -> list[Job]:
    jobs = scoring.jobs_of({a.id: [] for a in admissions}, admissions)
    jobs = [job for job in jobs if _keep_current(job, at)]
    offsets = _offsets(jobs)
    for job in jobs:
        _prepare(job, at, offsets)
        job.judged = judging.judge(job.plan, job.series, job.instants)
    scoring.remember_scores(jobs)
    for job in jobs:
        scoring.find(job)
    return jobs


def _keep_current(job: Job, at: datetime) -> bool:
    newest = {k: point for k, point in job.latest.items() if at - point.at <= _CURRENT}
    job.standing.latest = newest
    return bool(job.latest)


def _prepare(job: Job, at: datetime, offsets: dict[tuple[UUID, datetime], float]) -> None:
    job.plan = job.plan.as_at(at)
    job.series = {kind: [point] for kind, point in job.latest.items()}
    job.instants = sorted({point.at for point in job.latest.values()})
    scored = [point.at for kind, point in job.latest.items() if kind in COUNTS_FOR]
    job.standing.measured_at = max(scored, default=None)
    for kind, point in job.latest.items():
        offset = offsets.get((job.admission.id, point.at), 0.0)
        job.touches.append(Touch(kind, point, offset))
    for change in job.plan.ever.changes:
        newest = job.latest.get(change.kind)
        if newest is not None:
            since = newest.at - timedelta(hours=change.within_hours)
            past = history.values(job.admission.id, change.kind, since, newest.at)
            job.past.values[change.kind] = past


def _offsets(jobs: Iterable[Job]) -> dict[tuple[UUID, datetime], float]:
    """By how much the gateways' clocks were wrong that brought these values."""
    times = {job.admission.id: {point.at for point in job.latest.values()} for job in jobs}
    every = sorted(set().union(*times.values())) if times else []
    if not every:
        return {}
    answer = rows(_OFFSETS, [list(map(str, times)), every, every[0], every[-1]])
    return {(admission_id, at): offset for admission_id, at, offset in answer}


def _told(jobs: Collection[Job]) -> dict[UUID, Told]:
    """Triggers of another patient's readings told nobody anything of this one."""
    told: dict[UUID, Told] = defaultdict(Told)
    if jobs:
        oldest = min(finding.measured_at for job in jobs for finding in job.found)
        ids = [job.admission.id for job in jobs]
        spoken = Trigger.objects.filter(alert__admission__in=ids, last_at__gte=oldest)
        every = Trigger.objects.filter(
            alert__in=spoken.values("alert"), wrong_patient_at__isnull=True
        )
        for trigger in every.select_related("alert"):
            assert trigger.alert.admission_id is not None
            told[trigger.alert.admission_id].triggers.append(trigger)
    return told
