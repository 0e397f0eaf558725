"""A ruleset run over past readings: how often it would have called, and for how many patients.

The same code judges as live; nothing is written, nobody is rung. An alert is counted once until
twelve hours pass in which nothing crosses: what people would have done is not rehearsed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from observations.attribution import AdmissionFacts
from observations.judgement import history, judging
from observations.judgement.judging import HALF_DAY, Judged, Past, Point
from observations.judgement.plans import Line, Plan, pathway_rules, read_plans
from observations.rules import PastScore
from observations.rulesets import Limit, Ruleset
from observations.storage.queries import rows

# More would keep a page waiting: a ward of monitors that send each minute is not rehearsed.
MOST_POINTS: Final = 60_000
_FACTS: Final = """
    SELECT a.id, a.patient_id, a.ward_id, w.lead_provider_id, a.admitted_at, a.discharged_at,
           false, a.pathway_version_id, a.usual_news2, a.board_version
    FROM patients_admission a
    JOIN capacity_ward w ON w.id = a.ward_id
    JOIN patients_pathwayversion v ON v.id = a.pathway_version_id
    WHERE a.ward_id = %s AND v.pathway_id = %s AND a.admitted_at < %s
      AND (a.discharged_at IS NULL OR a.discharged_at > %s)
      AND a.destination <> 'entered_in_error'
    ORDER BY a.id
"""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """`alerts` rang for `patients` of the `looked_at`."""

    alerts: int
    patients: int
    looked_at: int


def rehearse(
    *, ward: int, pathway: str, rulesets: Sequence[Ruleset], since: datetime, until: datetime
) -> list[Rehearsed] | None:
    """Each ruleset over the readings of everybody on the ward and pathway then, as if it had been
    theirs; what was agreed for a patient stays. None where there are too many readings."""
    admissions = [AdmissionFacts(*row) for row in rows(_FACTS, [ward, pathway, until, since])]
    back = max(map(_looked_back, rulesets), default=HALF_DAY)
    series = history.series({one.id: (since - back, until) for one in admissions})
    if sum(len(points) for known in series.values() for points in known.values()) > MOST_POINTS:
        return None
    plans = read_plans(admissions)
    return [_of_all(admissions, plans, series, rules, since) for rules in rulesets]


def _looked_back(rules: Ruleset) -> timedelta:
    rise = rules.rise.within_hours if rules.rise else 0.0
    hours = max([rise, *(change.within_hours for change in rules.changes)])
    return HALF_DAY + timedelta(hours=hours)


def _of_all(
    admissions: Collection[AdmissionFacts],
    plans: Mapping[UUID, Plan],
    series: Mapping[UUID, dict[str, list[Point]]],
    rules: Ruleset,
    since: datetime,
) -> Rehearsed:
    counts = [
        _alerts(_under(plans[one.id], pathway_rules(one.pathway_version_id), rules), known, since)
        for one in admissions
        if (known := series.get(one.id))
    ]
    return Rehearsed(sum(counts), sum(1 for count in counts if count), len(admissions))


def _under(plan: Plan, old: Ruleset, rules: Ruleset) -> Plan:
    """The plan as if its version had always had these rules."""
    lines = {
        kind: [one._replace(value=_line(kind, one.value, old, rules)) for one in periods]
        for kind, periods in plan.lines.items()
    }
    return replace(plan, rules=rules, earlier=(), lines=lines, _changes_at=None, _last_asked=None)


def _line(kind: str, line: Line, old: Ruleset, rules: Ruleset) -> Line:
    """What was the pathway's own limit follows; one agreed for the patient stays."""
    same = line.limit is None or line.limit == _mildest(old, kind)
    return line._replace(limit=_mildest(rules, kind)) if same else line


def _mildest(rules: Ruleset, kind: str) -> Limit | None:
    return next((limit for limit in rules.limits if limit.kind == kind), None)


def _alerts(plan: Plan, series: dict[str, list[Point]], since: datetime) -> int:
    instants = sorted({point.at for points in series.values() for point in points})
    judged = judging.judge(plan, series, instants)
    past = Past(
        scores=[
            PastScore(one.score.total, one.at)
            for one in judged
            if one.score is not None and one.score.total is not None
        ],
        values={kind: judging.as_values(points) for kind, points in series.items()},
    )
    return _counted(plan, [one for one in judged if one.at >= since], past)


def _counted(plan: Plan, judged: Sequence[Judged], past: Past) -> int:
    number, last = 0, None
    for one in judged:
        if judging.findings(plan, one, past):
            number += last is None or one.at - last > HALF_DAY
            last = one.at
    return number
