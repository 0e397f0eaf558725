"""Which of a batch's findings are about now, and may ring; the rest "would have rung"."""

from __future__ import annotations

from datetime import datetime, timedelta

from observations import bells
from observations.judgement.judging import COUNTS_FOR
from observations.judgement.scoring import Job
from observations.rules import NEWS2, RISE, Finding


def is_about_now(job: Job, finding: Finding, at: datetime) -> bool:
    scored = finding.key in (NEWS2, RISE)
    asked = _planned_scored(job, finding) if scored else sorted(finding.parameters)
    newest = job.standing.measured_at if scored else _newest(job, finding)
    wrong = max((t.offset for t in job.touches if t.point.at == finding.measured_at), default=0.0)
    true_at = finding.measured_at - timedelta(seconds=wrong)
    return bells.is_about_now(
        finding,
        newest_at=newest or finding.measured_at,
        stale_at=job.plan.stale_at(asked, true_at),
        now=at,
    )


def _planned_scored(job: Job, finding: Finding) -> list[str]:
    return [kind for kind in job.plan.planned(finding.measured_at) if kind in COUNTS_FOR]


def _newest(job: Job, finding: Finding) -> datetime | None:
    times = (job.latest[kind].at for kind in finding.parameters if kind in job.latest)
    return max(times, default=None)
