"""A ward's own alerts: readings that may be anybody's, and gateways that are down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from observations.alerting import open_alerts
from observations.alerting.alert_book import Book
from observations.models import Alert, Trigger
from observations.rules import Finding


class About(NamedTuple):
    """What a ward's own alert is about."""

    ward_id: int
    subject: str
    kind: str = Alert.Kind.NO_PATIENT
    gateway_id: int | None = None


def ring_one(
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
    ring({about: [finding]}, at=at, batch=batch)


def ring(
    about: Mapping[About, Sequence[Finding]], *, at: datetime, batch: int | None = None
) -> None:
    """The same for many, at most once for each: of one rule the newest finding counts."""
    if not about:
        return
    known, book = _open(about)
    for one in sorted(about):
        alert = known.get(one[:3])
        newest = {f.key: f for f in sorted(about[one], key=lambda f: f.measured_at)}
        findings = list(newest.values())
        if alert is None:
            alert = open_alerts.begin(book, one.ward_id, findings, at=at)
            alert.kind, alert.subject, alert.gateway_id = one.kind, one.subject, one.gateway_id
        open_alerts.tell(book, alert, findings, at=at, batch=batch)
    book.write()


def _open(about: Iterable[About]) -> tuple[dict[tuple[int, str, str], Alert], Book]:
    alerts = Alert.objects.open().select_for_update(of=("self",)).filter(admission=None)
    asked = alerts.filter(
        ward_id__in={one.ward_id for one in about}, subject__in={one.subject for one in about}
    )
    known = {(a.ward_id, a.subject, a.kind): a for a in asked.order_by("pk")}
    book = Book()
    for trigger in Trigger.objects.filter(alert__in=list(known.values())):
        book.triggers.setdefault(trigger.alert_id, {})[trigger.rule] = trigger
    return known, book
