"""The moments that time alone brings: due, late, silent, stale; stored, so that a sweep is one
indexed query and a frozen worker cannot make a board look calm."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from observations import attribution, kinds, lookups, silence
from observations.alerting import current, ringing, silences
from observations.judgement.plans import Plan, plans_of
from observations.judgement.scoring import Job
from observations.models import DueTime
from observations.storage import copying
from observations.storage.batches import next_batch
from observations.storage.queries import rows
from observations.storage.versions import touch_standings
from observations.watch import gateways

_COLUMNS: Final = (
    *("admission_id", "kind", "due_at", "late_at", "silent_at", "stale_at", "next_deadline_at"),
)
_NOTED: Final = ("admission_id", "plan_version", "plan_changes_at")
_AT_ONCE: Final = 500
_LOCKED: Final = 50
# The whole sweep is this one question of an index, however many patients there are.
PASSED: Final = (
    "SELECT DISTINCT admission_id FROM observations_duetime WHERE next_deadline_at <= %s "
    "ORDER BY admission_id LIMIT %s"
)
_ADVANCE: Final = """
    UPDATE observations_duetime t SET next_deadline_at = k.following
    FROM unnest(%s::uuid[], %s::smallint[], %s::timestamptz[], %s::timestamptz[])
        AS k (admission_id, kind, was, following)
    WHERE t.admission_id = k.admission_id AND t.kind = k.kind AND t.next_deadline_at = k.was
    RETURNING t.admission_id
"""
_Silence = tuple[UUID, int, datetime]


class Moments(NamedTuple):
    """When the next reading of a kind is owed, and when its absence is noticed."""

    due_at: datetime | None
    late_at: datetime | None
    silent_at: datetime | None
    stale_at: datetime | None

    def next_after(self, at: datetime) -> datetime | None:
        return min((moment for moment in self if moment is not None and moment > at), default=None)


def move(jobs: Iterable[Job], *, at: datetime) -> None:
    """After readings: the slots that they fill are filled, and the next ones stored."""
    lines = [
        line for job in jobs if job.admission.discharged_at is None for line in _moved(job, at)
    ]
    _write(lines)


def refresh(ids: Sequence[UUID], *, at: datetime) -> None:
    """After an admission or a change of plan: all due times of these admissions anew, and current
    values judged by what is agreed now."""
    with transaction.atomic():
        admissions = lookups.lock_admissions(ids)
        plans = plans_of(admissions)
        looked = _looked_at(ids, at)
        DueTime.objects.filter(admission_id__in=ids).delete()
        last = _last_times(ids)
        _write(
            _line(a.id, kind, plans[a.id], last.get((a.id, kind)), at, looked)
            for a in admissions
            if a.discharged_at is None
            for kind in plans[a.id].planned(at)
        )
        _note_versions(admissions, plans, at)
        current.ring(admissions, at=at, batch=next_batch())


def sweep(*, at: datetime) -> int:
    """Note every moment that has passed, for each admission's board to move; how many moved."""
    ids = [row[0] for row in rows(PASSED, [at, _AT_ONCE])]
    return sum(_sweep_some(some, at) for some in _few(ids))


def _few(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    """At a time, so that no batch of readings waits for long behind their locks."""
    return (ids[n : n + _LOCKED] for n in range(0, len(ids), _LOCKED))


@transaction.atomic
def _sweep_some(ids: Sequence[UUID], at: datetime) -> int:
    """Admissions first, as the drain locks them.

    Compare and swap: two sweeps at once note each moment once.
    """
    admissions = _still_here(lookups.lock_admissions(ids))
    due = DueTime.objects.filter(admission_id__in=list(admissions), next_deadline_at__lte=at)
    passed = list(due.order_by("admission_id", "kind"))
    back = {row.admission_id for row in passed if _is_pauses_end(row, at)}
    if back:
        refresh(sorted(back), at=at)
    plans = plans_of(admissions.values())
    rest = [row for row in passed if row.admission_id not in back]
    moved = _advance(rest, plans, at)
    touch_standings(moved)
    silent = {row.admission_id for row in rest if row.silent_at and row.silent_at <= at}
    _ring([admissions[pk] for pk in sorted(silent | back)], at)
    return len(moved) + len(back)


def _still_here(
    admissions: Sequence[attribution.AdmissionFacts],
) -> dict[UUID, attribution.AdmissionFacts]:
    """Those who left owe nothing, and need not be looked at again."""
    left = [one.id for one in admissions if one.discharged_at is not None]
    if left:
        DueTime.objects.filter(admission_id__in=left).delete()
    return {one.id: one for one in admissions if one.discharged_at is None}


def _ring(admissions: Sequence[attribution.AdmissionFacts], at: datetime) -> None:
    """For what has just fallen silent, or still is when the next set was missed as well."""
    silent = silences.silent(admissions, at=at)
    found = [(one.admission, silences.finding(one, at=at)) for one in silent]
    ringing.ring_each([(one, [finding]) for one, finding in found if finding], at=at)
    gateways.ring_untold([one.admission.id for one in silent if one.is_behind_gateway], at=at)


def refresh_changed(*, at: datetime) -> int:
    """Current admissions whose plan is not the one that their due times were made of, or of whose
    plan something has run out since."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id FROM patients_admission a "
            "LEFT JOIN observations_standing s ON s.admission_id = a.id "
            "WHERE a.discharged_at IS NULL AND "
            "(s.plan_version IS DISTINCT FROM a.board_version OR s.plan_changes_at <= %s) "
            "ORDER BY a.id LIMIT %s",
            [at, _AT_ONCE],
        )
        ids = [row[0] for row in cursor.fetchall()]
    for some in _few(ids):
        refresh(some, at=at)
    return len(ids)


def moments(plan: Plan, kind: str, last_at: datetime | None, at: datetime) -> Moments:
    """Of a planned kind, the newest reading that counts having been measured at `last_at`."""
    schedule = plan.schedule_at(kind, at)
    if schedule is None:
        return Moments(None, None, None, None)
    away = [a for a in plan.absences if a.starts <= at and (a.ends is None or at < a.ends)]
    if away:
        # Nothing is asked for meanwhile; what was measured before goes stale all the same.
        back = min((a.ends for a in away if a.ends is not None), default=None)
        return Moments(back, None, None, _stale_at(schedule, last_at))
    backs = [a.ends for a in plan.absences if a.ends is not None and a.ends <= at]
    return _moments(schedule, last_at, max(backs, default=None))


@lru_cache(maxsize=4096)
def _moments(
    schedule: silence.Schedule, last_at: datetime | None, not_before: datetime | None
) -> Moments:
    due_at = silence.owed(schedule, last_at=last_at, not_before=not_before)
    late_at, silent_at = silence.noticed(schedule, due_at)
    return Moments(due_at, late_at, silent_at, _stale_at(schedule, last_at))


@lru_cache(maxsize=4096)
def _stale_at(schedule: silence.Schedule, last_at: datetime | None) -> datetime | None:
    return None if last_at is None else silence.stale_at(schedule, last_at)


def _moved(job: Job, at: datetime) -> Iterator[str]:
    """A set's kinds mostly share schedule and instant, and so all but the first two columns."""
    tails: dict[tuple[int, datetime], str] = {}
    for kind, before in job.moved.items():
        schedule, last_at = job.plan.schedule_at(kind, at), job.latest[kind].at
        if schedule is None or _fills_nothing(schedule, before, last_at):
            continue
        key = (id(schedule), last_at)  # equal schedules are one object
        tail = tails.get(key)
        if tail is None:
            when = moments(job.plan, kind, last_at, at)
            tail = tails[key] = copying.line([*when, _next(schedule, when, at)])
        yield f"{job.key}\t{kinds.NUMBERS[kind]}\t{tail}"


def _fills_nothing(schedule: silence.Schedule, before: datetime | None, last_at: datetime) -> bool:
    """Whether what is stored says the same already: it follows from the newest reading alone."""
    return before is not None and last_at < silence.filled_until(schedule, before)


def _line(
    admission_id: UUID,
    kind: str,
    plan: Plan,
    last_at: datetime | None,
    at: datetime,
    looked: Mapping[_Silence, datetime],
) -> str:
    when, number = moments(plan, kind, last_at, at), kinds.NUMBERS[kind]
    following = _next(plan.schedule_at(kind, at), when, at)
    if when.silent_at is not None and when.silent_at <= at:
        # A silence that no sweep has seen yet is still to ring, and one that it has seen is not.
        following = looked.get((admission_id, number, when.silent_at), at)
    return copying.line([admission_id, number, *when, following])


def _looked_at(ids: Sequence[UUID], at: datetime) -> dict[_Silence, datetime]:
    """Silences that a sweep has seen, with when it looks again."""
    seen = DueTime.objects.filter(admission__in=ids, silent_at__lte=at, next_deadline_at__gt=at)
    fields = ("admission_id", "kind", "silent_at", "next_deadline_at")
    return {(a, kind, silent): again for a, kind, silent, again in seen.values_list(*fields)}


def _next(schedule: silence.Schedule | None, when: Moments, at: datetime) -> datetime | None:
    """What is silent is looked at again when the next set has been missed as well: it may have been
    rung for and closed since."""
    known = when.next_after(at)
    if schedule is None or when.silent_at is None or when.silent_at > at:
        return known
    again = silence.missed_again_at(schedule, now=at)
    return again if known is None else min(known, again)


def _write(lines: Iterable[str]) -> None:
    key = ("admission_id", "kind")
    copying.upsert("observations_duetime", _COLUMNS, list(lines), key=key)


def _is_pauses_end(row: DueTime, at: datetime) -> bool:
    """During a pause only its end is stored: what is late or silent after it is found then."""
    return row.due_at is not None and row.due_at <= at and row.late_at is None


def _advance(passed: Sequence[DueTime], plans: Mapping[UUID, Plan], at: datetime) -> set[UUID]:
    """Each to the moment at which it is looked at next; the admissions whose rows moved. Each row
    by itself was most of a sweep after a time at which a whole country is due."""
    given = [
        [str(row.admission_id) for row in passed],
        [row.kind for row in passed],
        [row.next_deadline_at for row in passed],
        [_following(row, plans[row.admission_id], at) for row in passed],
    ]
    return {admission_id for (admission_id,) in rows(_ADVANCE, given)} if passed else set()


def _following(row: DueTime, plan: Plan, at: datetime) -> datetime | None:
    when = Moments(row.due_at, row.late_at, row.silent_at, row.stale_at)
    return _next(plan.schedule_at(kinds.NAMES[row.kind], at), when, at)


def _last_times(ids: Sequence[UUID]) -> dict[tuple[UUID, str], datetime]:
    answer = rows(
        "SELECT admission_id, kind, measured_at FROM observations_latestvital "
        "WHERE admission_id = ANY(%s::uuid[])",
        [list(map(str, ids))],
    )
    return {(admission_id, kinds.NAMES[kind]): at for admission_id, kind, at in answer}


def _note_versions(
    admissions: Collection[attribution.AdmissionFacts],
    plans: Mapping[UUID, Plan],
    at: datetime,
) -> None:
    touch_standings({admission.id for admission in admissions})
    lines = [copying.line([a.id, a.version, plans[a.id].changes_after(at)]) for a in admissions]
    copying.update("observations_standing", _NOTED, lines, key="admission_id")
