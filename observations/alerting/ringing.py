"""Rings for patients: one open alert each, however many findings.

Whether something rings is `bells`' question. The caller holds the admission's lock, so a patient's
one open alert is never opened twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from observations.alerting import open_alerts
from observations.alerting.about_now import is_about_now
from observations.alerting.alert_book import Book, open_book
from observations.attribution import AdmissionFacts
from observations.judgement.scoring import Job
from observations.models import Alert, Bell
from observations.rules import Finding


def ring(jobs: Iterable[Job], *, at: datetime, batch: int) -> None:
    """Ring for what a batch found that is about now; discharged patients ring no more."""
    about_now = [
        (job.admission, [finding for finding in job.found if is_about_now(job, finding, at)])
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
    bell = open_alerts.tell(book, alert, findings, at=at, batch=None)
    book.write()
    return bell


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
        alert = open_alerts.begin(book, ward_id, findings, at=at, admission_id=admission_id)
    return open_alerts.tell(book, alert, findings, at=at, batch=batch)
