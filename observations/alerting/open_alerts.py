"""An open alert: how it begins, how it rings again, and what a ring leaves in its book.

Whether something rings is `bells`' question.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from observations import bells
from observations.alerting import bell_rows, triggers
from observations.alerting.alert_book import Book
from observations.alerting.bell_rows import Rung
from observations.alerting.ladders import LADDER
from observations.models import Alert, Bell
from observations.rules import Finding
from observations.rulesets import Priority, as_priority, rank


def begin(
    book: Book,
    ward_id: int,
    findings: Sequence[Finding],
    *,
    at: datetime,
    admission_id: UUID | None = None,
) -> Alert:
    """As urgent as the worst of these."""
    priority = max((finding.priority for finding in findings), key=rank)
    alert = Alert(
        ward_id=ward_id,
        admission_id=admission_id,
        priority=priority,
        opened_at=at,
        rang_at=at,
        next_step_at=at + LADDER[priority][0],
        repeat_at=at + bells.REPEAT_AFTER[priority],
    )
    book.opened.append(alert)
    return alert


def tell(
    book: Book, alert: Alert, findings: Sequence[Finding], *, at: datetime, batch: int | None
) -> Bell | None:
    """Ring at most once for all of these together; None when what was shown covers them."""
    shown = book.triggers.get(alert.pk, {})
    known = triggers.as_open(alert, shown)
    rung = [Rung(f, r) for f in findings if (r := bells.should_ring(f, known, at)) is not None]
    opened_now = bool(book.opened) and book.opened[-1] is alert
    if rung and not opened_now:
        # Nobody learns that something is over by its falling: what is open stays as urgent.
        told = [one.ring.priority for one in rung]
        _rearm(alert, max([as_priority(alert.priority), *told], key=rank), at)
        book.rearmed.append(alert)
    called = {one.finding.key for one in rung}
    for finding in findings:
        own = shown.get(finding.key)
        triggers.show(book, alert, own, finding, rang=finding.key in called, at=at)
    if not rung:
        return None
    bell = bell_rows.of_rung(alert, rung, at=at, batch=batch)
    book.bells.append(bell)
    return bell


def _rearm(alert: Alert, priority: Priority, at: datetime) -> None:
    """It rings again: unowned, and the ladder from its start."""
    alert.priority, alert.rang_at = priority, at
    alert.owner, alert.owned_at = None, None
    alert.step, alert.next_step_at = 0, at + LADDER[priority][0]
    alert.repeat_at = at + bells.REPEAT_AFTER[priority]
