"""Stored readings for Observations: by page, by public id, and with their other halves.

Every question passes both time bounds as values, and asks about given admissions only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from observations import kinds
from observations.fhir.mapping.outgoing import Told
from observations.storage import partitions
from observations.storage.queries import rows
from observations.vitals import day_of_public_id, public_id

_PRESSURES: Final = (kinds.NUMBERS["systolic"], kinds.NUMBERS["diastolic"])
_DAY: Final = timedelta(days=1)
# A ward of five years has as many admissions; more at once would make one question a long one.
_AT_ONCE: Final = 500
_COLUMNS: Final = """
    SELECT r.device_id, r.sender_id, r.kind, r.number, r.code, r.measured_at, r.stored_at,
           r.source, r.quality, r.context, r.error, r.comment, r.reported_by, r.admission_id,
           a.patient_id, d.serial
    FROM observations_reading r JOIN patients_admission a ON a.id = r.admission_id
    LEFT JOIN observations_device d ON d.id = r.device_id
"""
_TELL: Final = f"""{_COLUMNS}
    WHERE r.admission_id = ANY(%(admissions)s::uuid[])
      AND r.measured_at >= %(start)s AND r.measured_at < %(end)s
"""
_OF_KINDS: Final = " AND r.kind = ANY(%(kinds)s)"
_STANDING: Final = " AND NOT r.error"
_FURTHER: Final = (
    " AND (r.measured_at, r.device_id, r.kind, r.sender_id)"
    " {than} (%(after_at)s, %(after_device)s, %(after_kind)s, %(after_id)s)"
)
_SORTED: Final = (
    " ORDER BY r.measured_at {way}, r.device_id {way}, r.kind {way}, r.sender_id {way}"
    " LIMIT %(limit)s"
)


class Place(NamedTuple):
    """Where a page ended: the last reading that was looked at."""

    measured_at: datetime
    device_id: int
    kind: int
    sender_id: str


class Span(NamedTuple):
    """From `start` to before `end`."""

    start: datetime
    end: datetime


def page(
    admissions: Sequence[UUID],
    span: Span,
    *,
    of: Sequence[str],
    limit: int,
    newest_first: bool,
    after: Place | None,
) -> list[Told]:
    """At most `limit` readings of these kinds that are not struck through."""
    than, way = ("<", "DESC") if newest_first else (">", "ASC")
    given = _given(admissions, span) | {
        "kinds": [kinds.NUMBERS[kind] for kind in of],
        "limit": limit,
    }
    asked = _TELL + _OF_KINDS + _STANDING
    if after is not None:
        asked += _FURTHER.format(than=than)
        given |= _after(after, newest_first=newest_first)
    return _told(asked + _SORTED.format(way=way), given)


def place_of(told: Told) -> Place:
    return Place(told.measured_at, told.device_id, kinds.NUMBERS[told.kind], told.sender_id)


def pressures(of: Sequence[Told], *, struck: bool = False) -> list[Told]:
    """All pressures at the instants of these readings; `struck` tells those in error too."""
    some = [told for told in of if kinds.NUMBERS[told.kind] in _PRESSURES]
    if not some:
        return []
    times = sorted({told.measured_at for told in some})
    admissions = [told.admission_id for told in some if told.admission_id is not None]
    span = Span(times[0], times[-1] + timedelta(microseconds=1))
    given = _given(sorted(set(admissions)), span) | {"kinds": list(_PRESSURES), "times": times}
    asked = f"{_TELL}{_OF_KINDS} AND r.measured_at = ANY(%(times)s)"
    return _told(asked if struck else asked + _STANDING, given)


def named(name: str, admissions: Sequence[UUID]) -> Told | None:
    """The reading of this public id, struck through or not, if it is of one of these."""
    day = day_of_public_id(name)
    if day is None:
        return None
    start = partitions.day_start(day)
    span = Span(start, start + _DAY)
    for first in range(0, len(admissions), _AT_ONCE):
        for told in _keys(admissions[first : first + _AT_ONCE], span):
            if public_id(*told[:3]) == name:
                return _of_key(told)
    return None


def of_keys(keys: Sequence[tuple[int, str, datetime]]) -> dict[tuple[int, str, datetime], Told]:
    """Readings by their identity, struck through or not: what a sender has just brought."""
    if not keys:
        return {}
    devices, ids, times = ([key[n] for key in keys] for n in range(3))
    answer = rows(
        f"{_COLUMNS} JOIN unnest(%s::bigint[], %s::text[], %s::timestamptz[]) "
        "AS k(device_id, sender_id, measured_at) USING (device_id, sender_id, measured_at) "
        "WHERE r.measured_at >= %s AND r.measured_at <= %s",
        [devices, ids, times, min(keys, key=_time)[2], max(keys, key=_time)[2]],
    )
    return {(told.device_id, told.sender_id, told.measured_at): told for told in _tell(answer)}


def _time(key: tuple[int, str, datetime]) -> datetime:
    return key[2]


def _keys(admissions: Sequence[UUID], span: Span) -> list[Any]:
    return rows(
        "SELECT device_id, sender_id, measured_at, admission_id FROM observations_reading "
        "WHERE admission_id = ANY(%(admissions)s::uuid[]) "
        "AND measured_at >= %(start)s AND measured_at < %(end)s",
        _given(admissions, span),
    )


def _of_key(key: Sequence[Any]) -> Told | None:
    device_id, sender_id, measured_at, admission_id = key
    span = Span(measured_at, measured_at + timedelta(microseconds=1))
    given = _given([admission_id], span) | {"device_id": device_id, "sender_id": sender_id}
    asked = f"{_TELL} AND r.device_id = %(device_id)s AND r.sender_id = %(sender_id)s"
    return next(iter(_told(asked, given)), None)


def _given(admissions: Sequence[UUID], span: Span) -> dict[str, Any]:
    return {
        "admissions": [str(one) for one in admissions],
        "start": span.start,
        "end": span.end,
    }


def _after(after: Place, *, newest_first: bool) -> dict[str, Any]:
    """With the bound moved, so that no partition behind us is looked into again."""
    bound = (
        {"end": after.measured_at + timedelta(microseconds=1)}
        if newest_first
        else {"start": after.measured_at}
    )
    return bound | {
        "after_at": after.measured_at,
        "after_device": after.device_id,
        "after_kind": after.kind,
        "after_id": after.sender_id,
    }


def _told(asked: str, given: dict[str, Any]) -> list[Told]:
    return list(_tell(rows(asked, given)))


def _tell(answer: Sequence[Any]) -> Iterator[Told]:
    for row in answer:
        yield Told._make((*row[:2], kinds.NAMES[row[2]], *row[3:]))
