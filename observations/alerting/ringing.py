"""Writes what calls people: the alert, its triggers, the bell and the bell's way out.

Whether something rings is `bells`' question. The caller holds the admission's lock, so a patient's
one open alert is never opened twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from observations import bells
from observations.alerting.alert_book import Book, open_book
from observations.attribution import AdmissionFacts
from observations.judgement.judging import COUNTS_FOR
from observations.judgement.scoring import Job
from observations.models import Alert, Bell, Trigger
from observations.rules import NEWS2, RISE, Finding
from observations.rulesets import PRIORITIES, Priority, rank

# How long nobody may own an alert before the next step of the ladder is told, and so on.
LADDER: Final[Mapping[Priority, tuple[timedelta, ...]]] = {
    "emergency": tuple(timedelta(minutes=m) for m in (5, 10, 15)),
    "urgent": tuple(timedelta(minutes=m) for m in (20, 30, 60)),
    "prompt": tuple(timedelta(minutes=m) for m in (60, 120)),
}
_WHY: Final[Mapping[bells.Reason, Bell.Why]] = {
    "new": Bell.Why.OPENED,
    "priority_rose": Bell.Why.WORSE,
    "worse": Bell.Why.WORSE,
    "new_parameter": Bell.Why.NEW_PARAMETER,
    "unattended": Bell.Why.STILL,
}
_TEXT: Final = 300
# An alert of which nothing is this patient's own stays open until somebody has looked.
WRONG_PATIENT: Final = "Rang for another patient's readings: review and close"


class Rung(NamedTuple):
    """A finding of about now, and why it calls people again."""

    finding: Finding
    ring: bells.Ring


class About(NamedTuple):
    """What a ward's own alert is about."""

    ward_id: int
    subject: str
    kind: str = Alert.Kind.NO_PATIENT
    gateway_id: int | None = None


def ring(jobs: Iterable[Job], *, at: datetime, batch: int) -> None:
    """Ring for what a batch found that is about now; discharged patients ring no more."""
    about_now = [
        (job.admission, [finding for finding in job.found if _is_about_now(job, finding, at)])
        for job in jobs
        if job.found and job.admission.discharged_at is None
    ]
    ring_each(about_now, at=at, batch=batch)


def ring_each(
    found: Iterable[tuple[AdmissionFacts, Sequence[Finding]]],
    *,
    at: datetime,
    batch: int | None = None,
) -> None:
    """Ring at most once for each of these admissions; however many there are, a few statements."""
    calling = [(admission, findings) for admission, findings in found if findings]
    if calling:
        book = open_book([admission.id for admission, _ in calling])
        for admission, findings in calling:
            _ring_one(book, admission.id, admission.ward_id, findings, at=at, batch=batch)
        book.write()


def ring_findings(
    admission_id: UUID,
    ward_id: int,
    findings: Sequence[Finding],
    *,
    at: datetime,
    batch: int | None = None,
) -> Bell | None:
    """Ring at most once for all of these together; None when what was shown covers them."""
    if not findings:
        return None
    book = open_book([admission_id])
    bell = _ring_one(book, admission_id, ward_id, findings, at=at, batch=batch)
    book.write()
    return bell


def ring_open(alert: Alert, findings: Sequence[Finding], *, at: datetime) -> Bell | None:
    """Ring an open alert again, which the caller has locked, where it is due for any of these."""
    if not findings:
        return None
    book = Book(triggers={alert.pk: {one.rule: one for one in alert.triggers.all()}})
    bell = _tell(book, alert, findings, at=at, batch=None)
    book.write()
    return bell


def ring_ward(
    ward_id: int,
    *,
    subject: str,
    finding: Finding,
    at: datetime,
    batch: int | None = None,
    kind: Alert.Kind = Alert.Kind.NO_PATIENT,
    gateway_id: int | None = None,
) -> None:
    """A reading that may be anybody's, or a gateway that is down: the ward's own alert, one open at
    a time for a subject, which rings again as a patient's does."""
    about = About(ward_id, subject, kind, gateway_id)
    ring_wards({about: [finding]}, at=at, batch=batch)


def ring_wards(
    about: Mapping[About, Sequence[Finding]], *, at: datetime, batch: int | None = None
) -> None:
    """The same for many, at most once for each: of one rule the newest finding counts."""
    if not about:
        return
    known, book = _open_wards(about)
    for one in sorted(about):
        alert = known.get(one[:3])
        newest = {f.key: f for f in sorted(about[one], key=lambda f: f.measured_at)}
        findings = list(newest.values())
        if alert is None:
            worst = max(findings, key=lambda finding: rank(finding.priority))
            alert = _opened(None, one.ward_id, worst, at)
            alert.kind, alert.subject, alert.gateway_id = one.kind, one.subject, one.gateway_id
            book.opened.append(alert)
        _tell(book, alert, findings, at=at, batch=batch)
    book.write()


def _open_wards(about: Iterable[About]) -> tuple[dict[tuple[int, str, str], Alert], Book]:
    alerts = Alert.objects.open().select_for_update(of=("self",)).filter(admission=None)
    asked = alerts.filter(
        ward_id__in={one.ward_id for one in about}, subject__in={one.subject for one in about}
    )
    known = {(a.ward_id, a.subject, a.kind): a for a in asked.order_by("pk")}
    book = Book()
    for trigger in Trigger.objects.filter(alert__in=list(known.values())):
        book.triggers.setdefault(trigger.alert_id, {})[trigger.rule] = trigger
    return known, book


def _ring_one(
    book: Book,
    admission_id: UUID,
    ward_id: int,
    findings: Sequence[Finding],
    *,
    at: datetime,
    batch: int | None,
) -> Bell | None:
    alert = book.alerts.get(admission_id)
    if alert is None:
        worst = max(findings, key=lambda finding: rank(finding.priority))
        alert = _opened(admission_id, ward_id, worst, at)
        book.opened.append(alert)
    return _tell(book, alert, findings, at=at, batch=batch)


def _tell(
    book: Book, alert: Alert, findings: Sequence[Finding], *, at: datetime, batch: int | None
) -> Bell | None:
    triggers = book.triggers.get(alert.pk, {})
    known = _open_alert(alert, triggers)
    rung = [Rung(f, r) for f in findings if (r := bells.should_ring(f, known, at)) is not None]
    opened_now = bool(book.opened) and book.opened[-1] is alert
    if rung and not opened_now:
        # Nobody learns that something is over by its falling: what is open stays as urgent.
        told = [one.ring.priority for one in rung]
        _rearm(alert, max([as_priority(alert.priority), *told], key=rank), at)
        book.rearmed.append(alert)
    called = {one.finding.key for one in rung}
    for finding in findings:
        _show(book, alert, triggers.get(finding.key), finding, rang=finding.key in called, at=at)
    if not rung:
        return None
    bell = _bell(alert, rung, at=at, batch=batch)
    book.bells.append(bell)
    return bell


def climb(alert: Alert, *, at: datetime) -> bool:
    """Nobody owned it in time: the next step is told. False when another worker did it already."""
    steps = LADDER[as_priority(alert.priority)]
    step = alert.step + 1
    following = at + steps[step] if step < len(steps) else None
    repeat_at = at + bells.REPEAT_AFTER[as_priority(alert.priority)]
    moved = (
        Alert.objects.ladder_due(at)
        .filter(pk=alert.pk, step=alert.step)
        .update(step=step, next_step_at=following, repeat_at=repeat_at)
    )
    if moved:
        told = alert.triggers.order_by("first_at", "pk")
        own = [t.text for t in told if t.wrong_patient_at is None]
        text = f"Nobody owns it: {'; '.join(own) or WRONG_PATIENT}"
        Book(bells=[_new_bell(alert, Bell.Why.STEP, text, at=at, step=step)]).write()
    return bool(moved)


def _is_about_now(job: Job, finding: Finding, at: datetime) -> bool:
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


def _open_alert(alert: Alert, triggers: Mapping[str, Trigger]) -> bells.OpenAlert:
    """What was another patient's told nobody anything of this one."""
    own = {rule: one for rule, one in triggers.items() if one.wrong_patient_at is None}
    return bells.OpenAlert(
        {rule: as_known(trigger, alert.acted_at) for rule, trigger in own.items()}
    )


def as_known(trigger: Trigger, acted_at: datetime | None) -> bells.Trigger:
    """What people were told of one rule, for `bells` to judge."""
    return bells.Trigger(
        priority=as_priority(trigger.priority),
        parameters=frozenset(trigger.parameters),
        rung_at=trigger.rang_at,
        severity=trigger.severity,
        acknowledged_at=trigger.acknowledged_at,
        acted_at=acted_at,
    )


def as_priority(text: str) -> Priority:
    return PRIORITIES[PRIORITIES.index(text)]


def _opened(admission_id: UUID | None, ward_id: int, worst: Finding, at: datetime) -> Alert:
    return Alert(
        ward_id=ward_id,
        admission_id=admission_id,
        priority=worst.priority,
        opened_at=at,
        rang_at=at,
        next_step_at=at + LADDER[worst.priority][0],
        repeat_at=at + bells.REPEAT_AFTER[worst.priority],
    )


def _rearm(alert: Alert, priority: Priority, at: datetime) -> None:
    """It rings again: unowned, and the ladder from its start."""
    alert.priority, alert.rang_at = priority, at
    alert.owner, alert.owned_at = None, None
    alert.step, alert.next_step_at = 0, at + LADDER[priority][0]
    alert.repeat_at = at + bells.REPEAT_AFTER[priority]


def _show(
    book: Book,
    alert: Alert,
    trigger: Trigger | None,
    finding: Finding,
    *,
    rang: bool,
    at: datetime,
) -> None:
    """A trigger says what people were told last; what did not ring only prolongs it."""
    if trigger is None:
        book.told.append(_new_trigger(alert, finding, at if rang else alert.rang_at))
        return
    trigger.last_at = max(trigger.last_at, finding.measured_at)
    if trigger.wrong_patient_at is not None:
        _begin_anew(trigger, finding, at if rang else alert.rang_at)
    elif rang:
        trigger.priority, trigger.text, trigger.rang_at = finding.priority, finding.text, at
        trigger.parameters = sorted(finding.parameters | set(trigger.parameters))
        trigger.severity = finding.severity
    book.prolonged.append(trigger)


def _begin_anew(trigger: Trigger, finding: Finding, rang_at: datetime) -> None:
    """It was another patient's; from here on it is this one's own, and nothing of before counts."""
    trigger.wrong_patient_at = trigger.acknowledged_at = trigger.acknowledged_by = None
    trigger.first_at = trigger.last_at = finding.measured_at
    trigger.priority, trigger.text, trigger.rang_at = finding.priority, finding.text, rang_at
    trigger.parameters, trigger.severity = sorted(finding.parameters), finding.severity


def _new_trigger(alert: Alert, finding: Finding, rang_at: datetime) -> Trigger:
    return Trigger(
        alert=alert,
        rule=finding.key,
        priority=finding.priority,
        parameters=sorted(finding.parameters),
        text=finding.text,
        severity=finding.severity,
        first_at=finding.measured_at,
        last_at=finding.measured_at,
        rang_at=rang_at,
    )


def _bell(alert: Alert, rung: Sequence[Rung], *, at: datetime, batch: int | None) -> Bell:
    first = max(rung, key=lambda one: rank(one.ring.priority))
    text = "; ".join(one.finding.text for one in rung)
    return _new_bell(
        alert,
        _WHY[first.ring.reason],
        text,
        at=at,
        batch=batch,
        rule=first.finding.key,
        measured_at=first.finding.measured_at,
    )


def _new_bell(
    alert: Alert,
    why: Bell.Why,
    text: str,
    *,
    at: datetime,
    batch: int | None = None,
    step: int = 0,
    rule: str = "",
    measured_at: datetime | None = None,
) -> Bell:
    return Bell(
        alert=alert,
        rule=rule,
        why=why,
        priority=alert.priority,
        step=step,
        text=text[:_TEXT],
        measured_at=measured_at,
        rang_at=at,
        batch=batch,
    )
