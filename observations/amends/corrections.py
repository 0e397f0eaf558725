"""The only way in which a stored reading changes: struck through or moved, each with a row that
says what it was before, and everything that followed from it judged again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from accounts.models import User
from observations import kinds
from observations.alerting import mistaken
from observations.attribution import Asked, Unclaimed
from observations.judgement import scoring
from observations.lookups import lock_admissions
from observations.models import Correction, Device, Finding, Trigger
from observations.storage import partitions
from observations.storage.batches import next_batch
from observations.storage.queries import rows
from observations.watch import deadlines

Span = tuple[datetime, datetime]
# A reading's device, its sender's id and when it was measured.
Identity = tuple[int, str, datetime]
_NUMBERS: Final = list(kinds.NAMES)
_NAMES: Final = list(kinds.NAMES.values())
BY_HAND: Final = "by_hand"
_TO_TRAY: Final = """
    WITH gone AS (
        DELETE FROM observations_reading WHERE device_id = %(device_id)s
        AND sender_id = %(sender_id)s AND measured_at >= %(measured_at)s
        AND measured_at <= %(measured_at)s AND admission_id = %(admission_id)s AND NOT error
        RETURNING *
    )
    INSERT INTO observations_unclaimedreading (gateway_id, serial, device_id, ward_id, sender_id,
        named, kind, number, code, as_sent, measured_at, received_at, clock_offset, receipt, why,
        candidates, decision, reason)
    SELECT gone.gateway_id, d.serial, gone.device_id, a.ward_id, gone.sender_id,
           coalesce(gone.named, ''), k.name, gone.number, coalesce(gone.code, ''),
           jsonb_strip_nulls(jsonb_build_object(
               'id', gone.sender_id, 'device', d.serial, 'patient', gone.named, 'kind', k.name,
               'value', CASE WHEN gone.code IS NULL
                        THEN to_jsonb(split_part(gone.as_sent, ' ', 1)::numeric)
                        ELSE to_jsonb(split_part(gone.as_sent, ' ', 1)) END,
               'unit', nullif(split_part(gone.as_sent, ' ', 2), ''),
               'measured_at', gone.measured_at, 'source', (ARRAY['device', 'app', 'phone',
               'visit'])[gone.source], 'quality', (ARRAY['good', 'poor', 'unusable'])[gone.quality],
               'context', (ARRAY['rest', 'exertion', 'after_treatment'])[gone.context],
               'reported_by', gone.reported_by, 'comment', gone.comment)),
           gone.measured_at, gone.received_at, gone.clock_offset, gone.receipt, %(why)s,
           %(candidates)s::uuid[], '', ''
    FROM gone
    JOIN observations_device d ON d.id = gone.device_id
    JOIN patients_admission a ON a.id = gone.admission_id
    JOIN unnest(%(numbers)s, %(names)s) AS k(number, name) ON k.number = gone.kind
    ON CONFLICT (gateway_id, serial, named, kind, sender_id, measured_at)
    DO UPDATE SET decision = '', decided_at = NULL, decided_by_id = NULL, reason = '',
                  why = excluded.why, candidates = excluded.candidates
"""
_UNNAME: Final = """
    UPDATE observations_reading r SET named = NULL
    FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[]) AS k(device_id, sender_id, measured_at)
    JOIN observations_reading had USING (device_id, sender_id, measured_at)
    WHERE had.measured_at >= %s AND had.measured_at <= %s AND had.named IS NOT NULL
      AND r.measured_at >= %s AND r.measured_at <= %s AND r.measured_at = had.measured_at
      AND r.device_id = had.device_id AND r.sender_id = had.sender_id
    RETURNING had.device_id, had.sender_id, had.measured_at, had.named
"""


class Key(NamedTuple):
    """A stored reading's identity, and whose it is now."""

    device_id: int
    sender_id: str
    measured_at: datetime
    admission_id: UUID


class Found(NamedTuple):
    """A stored reading, the gateway that brought it, and whether it is struck through."""

    key: Key
    gateway_id: int
    struck: bool


def strike(
    keys: Sequence[Key],
    *,
    reason: str,
    at: datetime,
    by: User | None = None,
    gateway_id: int | None = None,
) -> int:
    """Entered in error: kept, struck through, and judged as if it had never been."""
    admissions = lock_admissions({key.admission_id for key in keys})
    # Read before the lock, and whose it is may have changed since: then it is asked for again.
    mine = "NOT error AND admission_id = %s"
    struck = [k for k in sorted(keys) if _update(k, "error = true", mine, had=[k.admission_id])]
    _note(struck, Correction.What.ENTERED_IN_ERROR, {}, reason, at, by, gateway_id)
    judge_again(spans_of(struck), admissions, at=at)
    return len(struck)


def move(
    keys: Sequence[Key], *, to: UUID, reason: str, at: datetime, by: User, by_hand: bool = False
) -> int:
    """Another patient's: both are judged again, and what rang for the wrong one is marked.

    `by_hand`: somebody said so of these very readings, whomever their sender named, and no change
    of custody undoes it.
    """
    admissions = lock_admissions({key.admission_id for key in keys} | {to})
    moved = [
        key
        for key in sorted(keys)
        if key.admission_id != to
        and _update(key, "admission_id = %s", "admission_id = %s", [to], [key.admission_id])
    ]
    after = {"admission": str(to), **({BY_HAND: True} if by_hand else {})}
    names = _unname(moved) if by_hand else {}
    _note(moved, Correction.What.MOVED, after, reason, at, by, None, names)
    if moved:
        spans = spans_of(moved)
        given = {to: (min(s for s, _ in spans.values()), max(e for _, e in spans.values()))}
        judge_again(spans | given, admissions, at=at, left=spans)
    return len(moved)


def note_given(keys: Sequence[Key], *, reason: str, at: datetime, by: User) -> None:
    """Out of the tray by a person's decision, which no change of custody undoes."""
    _unname(keys)
    for key in keys:
        after = {"admission": str(key.admission_id), BY_HAND: True}
        _note([key], Correction.What.MOVED, after, reason, at, by, None)


def unclaim(nobodys: Mapping[Key, Unclaimed], *, reason: str, at: datetime, by: User) -> int:
    """Whose they are cannot be said any more: the readings go back to the tray, as sent. How many:
    what somebody struck or moved before the lock was had stays where it is."""
    admissions = lock_admissions({key.admission_id for key in nobodys})
    keys = [key for key in sorted(nobodys) if _to_tray(key, nobodys[key])]
    _note(keys, Correction.What.MOVED, {"tray": True}, reason, at, by, None)
    spans = spans_of(keys)
    judge_again(spans, admissions, at=at, left=spans)
    return len(keys)


def _to_tray(key: Key, nobodys: Unclaimed) -> bool:
    """The row itself moves: a reading in the table is always somebody's."""
    # Whose it was thought to be may know, too; the others as of one that comes now, for one pile.
    candidates = list(dict.fromkeys([*nobodys.candidates, key.admission_id]))
    told: dict[str, Any] = {"why": nobodys.why, "candidates": list(map(str, candidates))}
    with connection.cursor() as cursor:
        cursor.execute(_TO_TRAY, {**key._asdict(), **told, "numbers": _NUMBERS, "names": _NAMES})
        return bool(cursor.rowcount)


def judge_again(
    spans: dict[UUID, Span],
    admissions: Sequence[Any],
    *,
    at: datetime,
    left: Mapping[UUID, Span] | None = None,
) -> None:
    """`left` are those whose readings went to somebody else. Marked before anything rings, so that
    what was another's hides neither what is their own nor what their true patient has."""
    if spans:
        batch = next_batch()
        scoring.rejudge(spans, admissions, at=at, batch=batch)
        _mark_wrong_patient(left or {}, at=at, batch=batch)
        deadlines.refresh(list(spans), at=at)  # and rings what is current


def spans_of(keys: Iterable[Key]) -> dict[UUID, Span]:
    spans: dict[UUID, Span] = {}
    for key in keys:
        first, last = spans.get(key.admission_id, (key.measured_at, key.measured_at))
        spans[key.admission_id] = min(first, key.measured_at), max(last, key.measured_at)
    return spans


def find(device_id: int, sender_id: str, measured_at: datetime) -> Found | None:
    answer = rows(
        "SELECT device_id, sender_id, measured_at, admission_id, gateway_id, error "
        "FROM observations_reading WHERE device_id = %s AND sender_id = %s "
        "AND measured_at >= %s AND measured_at <= %s",
        [device_id, sender_id, measured_at, measured_at],
    )
    return Found(Key(*answer[0][:4]), *answer[0][4:]) if answer else None


def of_device(device: Device, start: datetime, end: datetime) -> list[tuple[Key, Asked]]:
    """A device's readings from `start` to before `end`, each with the question whose it is, that a
    change of hands may move: not what was struck through, nor what a person gave to somebody."""
    answer = rows(
        "SELECT device_id, sender_id, measured_at, admission_id, gateway_id, clock_offset, "
        "coalesce(named, '') "
        "FROM observations_reading r WHERE device_id = %s AND measured_at >= %s "
        "AND measured_at < %s AND NOT error AND NOT EXISTS (SELECT FROM observations_correction c "
        "WHERE c.device_id = r.device_id AND c.measured_at = r.measured_at "
        "AND c.sender_id = r.sender_id AND c.after ? %s) ORDER BY sender_id, measured_at",
        [device.pk, start, end, BY_HAND],
    )
    return [_with_question(device.serial, Key(*row[:4]), *row[4:]) for row in answer]


def _with_question(
    serial: str, key: Key, gateway_id: int, offset: float, named: str
) -> tuple[Key, Asked]:
    return key, Asked(gateway_id, offset, serial, named, key.measured_at)


def _update(
    key: Key, change: str, only: str, given: Sequence[Any] = (), had: Sequence[Any] = ()
) -> bool:
    day = partitions.day_start(key.measured_at.astimezone(UTC).date())
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE observations_reading SET {change} "  # noqa: S608 — callers' constants
            "WHERE device_id = %s AND sender_id = %s AND measured_at = %s "
            f"AND measured_at >= %s AND measured_at < %s AND {only}",
            [*given, *key[:3], day, day + timedelta(days=1), *had],
        )
        return bool(cursor.rowcount)


def _unname(keys: Sequence[Key]) -> dict[Identity, str]:
    """A person said whose they are: whom their senders named is asked no more, and goes with the
    patient whom it named. It is told once, for the trace."""
    if not keys:
        return {}
    devices, ids, times = ([key[n] for key in keys] for n in range(3))
    first, last = min(key.measured_at for key in keys), max(key.measured_at for key in keys)
    answer = rows(_UNNAME, [devices, ids, times, first, last, first, last])
    return {(device_id, sender_id, at): named for device_id, sender_id, at, named in answer}


def _note(
    keys: Iterable[Key],
    what: str,
    after: dict[str, Any],
    reason: str,
    at: datetime,
    by: User | None,
    gateway_id: int | None,
    names: Mapping[Identity, str] | None = None,
) -> None:
    Correction.objects.bulk_create(
        Correction(
            device_id=key.device_id,
            sender_id=key.sender_id,
            measured_at=key.measured_at,
            what=what,
            before=_before(key, names or {}),
            after=after,
            reason=reason,
            by=by,
            gateway_id=gateway_id,
            at=at,
        )
        for key in keys
    )


def _before(key: Key, names: Mapping[Identity, str]) -> dict[str, str]:
    named = names.get(key[:3])
    return {"admission": str(key.admission_id), **({"named": named} if named else {})}


def _mark_wrong_patient(spans: Mapping[UUID, Span], *, at: datetime, batch: int) -> None:
    """Triggers whose finding is not this patient's any more, and a bell for those who were told;
    of closed alerts too, because somebody acted on them."""
    for admission_id, (start, end) in spans.items():
        gone = Finding.objects.filter(
            admission_id=admission_id,
            measured_at__gte=start,
            measured_at__lte=end,
            withdrawn_at__isnull=False,
        )
        wrong = Trigger.objects.filter(
            alert__admission=admission_id,
            rule__in=gone.values("rule"),
            first_at__gte=start,
            last_at__lte=end,
            wrong_patient_at__isnull=True,
        )
        mistaken.tell(list(wrong.select_related("alert").order_by("pk")), at=at, batch=batch)
