"""What was sent twice, and ids that a sender used for two different things on one day.

Asked under the admissions' lock, so that two workers cannot both find a reading new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from observations import kinds
from observations.draining.uploads import Claimed, Outcome
from observations.intake.payload import Sent
from observations.storage import copying, partitions

_STAGING: Final = "staged_reading_keys"
_LIKE: Final = "SELECT 0 AS n, current_date AS day, device_id, sender_id FROM observations_reading"
_KNOWN: Final = f"""
    SELECT k.n, r.measured_at, r.kind, r.number, r.code, r.source, r.quality, r.context,
           r.admission_id
    FROM {_STAGING} k JOIN observations_reading r USING (device_id, sender_id)
    WHERE k.day = %s AND r.measured_at >= %s AND r.measured_at < %s
"""  # noqa: S608 — the one name is a constant above


class Content(NamedTuple):
    """What must be the same for the same id on the same day."""

    measured_at: datetime
    kind: int
    number: float | None
    code: str | None
    source: int
    quality: int
    context: int


def without_duplicates(claimed: Sequence[Claimed]) -> list[Claimed]:
    """Those that are new, in the order of their keys; the others are told what they are."""
    new: dict[tuple[int, str, date], Claimed] = {}
    for one in claimed:
        sent = one.item.sent
        first = new.setdefault((one.device_id, sent.id, sent.measured_at.date()), one)
        if first is not one:
            _tell(one, content(first), first.admission_id)
    return _not_stored(list(new.values()))


def content(claimed: Claimed) -> Content:
    return content_of(claimed.item.sent)


def content_of(sent: Sent) -> Content:
    return Content(
        sent.measured_at,
        kinds.NUMBERS[sent.kind],
        sent.number,
        sent.code,
        sent.source,
        sent.quality,
        sent.context,
    )


def _not_stored(claimed: list[Claimed]) -> list[Claimed]:
    known = set()
    for position, stored, admission_id in _stored(claimed):
        known.add(position)
        _tell(claimed[position], stored, admission_id)
    fresh = (one for position, one in enumerate(claimed) if position not in known)
    return sorted(fresh, key=lambda one: one.key)


def _stored(claimed: Sequence[Claimed]) -> Iterable[tuple[int, Content, UUID]]:
    days: dict[date, list[str]] = defaultdict(list)
    for position, (item, device_id, _) in enumerate(claimed):
        day = item.sent.measured_at.date()
        days[day].append(f"{position}\t{day}\t{device_id}\t{copying.escaped(item.sent.id)}\n")
    if not days:
        return
    with connection.cursor() as cursor:
        copying.stage(cursor, _STAGING, _LIKE, [line for day in days.values() for line in day])
        for day in sorted(days):
            start = partitions.day_start(day)
            cursor.execute(_KNOWN, [day, start, start + timedelta(days=1)])
            for position, *stored, admission_id in cursor.fetchall():
                yield position, Content(*stored), admission_id


def _tell(claimed: Claimed, stored: Content, admission_id: Any) -> None:
    moved = bool(claimed.item.sent.patient) and admission_id != claimed.admission_id
    if moved or content(claimed) != stored:
        claimed.item.tell(Outcome.REJECTED, "id_reused")
    else:
        claimed.item.tell(Outcome.DUPLICATE)
