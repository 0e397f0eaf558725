"""Reads back what was stored: readings that count and complete scores, always within two bounds.

Poor readings (quality 2 and 3) and those of exertion (context 2) are kept and shown, and count in
nothing.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Final
from uuid import UUID

from observations import clocks, kinds, limits
from observations.judgement.judging import Point
from observations.rules import PastScore, Value
from observations.storage.queries import rows

# What a score can ask for, the mildest first; "incomplete" asks for nothing by itself.
RESPONSES: Final = ("low", "low_medium", "medium", "high")


def series(admission_id: UUID, start: datetime, end: datetime) -> dict[str, list[Point]]:
    """What counts of an admission, by kind, in order; from `start` to before `end`."""
    answer = rows(
        f"SELECT kind, measured_at - {clocks.SET_BACK_SQL}, device_id, sender_id, "  # noqa: S608 — constants
        "number, code, source, received_at, late FROM observations_reading "
        "WHERE admission_id = %s AND measured_at >= %s AND measured_at < %s "
        "AND quality = 1 AND context <> 2 AND NOT error",
        [admission_id, start, end + clocks.MOST],
    )
    found: dict[str, list[Point]] = defaultdict(list)
    for kind, *point in answer:
        if start <= point[0] < end:
            found[kinds.NAMES[kind]].append(Point(*point))
    for points in found.values():
        points.sort()
    return dict(found)


def newest(admission_id: UUID, start: datetime, end: datetime) -> dict[str, Point]:
    """Of each kind the newest that counts: the only way by which a latest value moves backwards."""
    answer = rows(
        f"SELECT DISTINCT ON (kind) kind, measured_at - {clocks.SET_BACK_SQL}, device_id, "  # noqa: S608 — constants
        "sender_id, number, code, source, received_at, late FROM observations_reading "
        "WHERE admission_id = %s AND measured_at >= %s AND measured_at < %s "
        "AND quality = 1 AND context <> 2 AND NOT error "
        f"ORDER BY kind, measured_at - {clocks.SET_BACK_SQL} DESC, device_id DESC, sender_id DESC",
        [admission_id, start - limits.ACCEPT_WINDOW, end + 2 * limits.ACCEPT_WINDOW],
    )
    return {kinds.NAMES[kind]: Point(*point) for kind, *point in answer}


def values(admission_id: UUID, kind: str, start: datetime, end: datetime) -> list[Value]:
    """One kind's values that count, in order; both ends included."""
    answer = rows(
        f"SELECT number, measured_at - {clocks.SET_BACK_SQL}, code FROM observations_reading "  # noqa: S608 — constants
        "WHERE admission_id = %s AND measured_at >= %s AND measured_at <= %s AND kind = %s "
        "AND quality = 1 AND context <> 2 AND NOT error ORDER BY 2",
        [admission_id, start, end + clocks.MOST, kinds.NUMBERS[kind]],
    )
    return [Value(*row) for row in answer if start <= row[1] <= end]


def complete_scores(
    spans: dict[UUID, tuple[datetime, datetime]],
) -> dict[UUID, list[PastScore]]:
    """Of each admission from its start to before its end, in order of time."""
    if not spans:
        return {}
    first = min(start for start, _ in spans.values())
    last = max(end for _, end in spans.values())
    answer = rows(
        "SELECT admission_id, total, measured_at FROM observations_score "
        "WHERE admission_id = ANY(%s::uuid[]) AND measured_at >= %s AND measured_at < %s "
        "AND total IS NOT NULL ORDER BY measured_at",
        [list(map(str, spans)), first, last],
    )
    found: dict[UUID, list[PastScore]] = defaultdict(list)
    for admission_id, total, at in answer:
        start, end = spans[admission_id]
        if start <= at < end:
            found[admission_id].append(PastScore(total, at))
    return found


def last_response(admission_id: UUID, after: datetime, until: datetime) -> str:
    """That of the newest complete score, or what incomplete ones since raised it to; empty when
    there is none. One that lacks something lowers nothing: a gap is not calm."""
    answer = rows(
        "WITH known AS (SELECT response, total, measured_at FROM observations_score "
        "WHERE admission_id = %s AND measured_at > %s AND measured_at <= %s) "
        "SELECT response FROM known WHERE response = ANY(%s) AND measured_at >= "
        "coalesce((SELECT max(measured_at) FROM known WHERE total IS NOT NULL), '-infinity') "
        "ORDER BY array_position(%s, response::text) DESC LIMIT 1",
        [admission_id, after, until, list(RESPONSES), list(RESPONSES)],
    )
    return str(answer[0][0]) if answer else ""
