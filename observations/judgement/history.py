"""Reads back what was stored: readings that count and complete scores, always within two bounds.

Poor readings (quality 2 and 3) and those of exertion (context 2) are kept and shown, and count in
nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from observations import clocks, kinds, limits
from observations.judgement.judging import Point
from observations.rules import PastScore, Value
from observations.storage.queries import rows

# What a score can ask for, the mildest first; "incomplete" asks for nothing by itself.
RESPONSES: Final = ("low", "low_medium", "medium", "high")


_SERIES: Final = f"""
    SELECT j.n, r.* FROM unnest(%s::int[], %s::uuid[], %s::timestamptz[], %s::timestamptz[])
        AS j (n, admission_id, since, until)
    CROSS JOIN LATERAL (
        SELECT kind, measured_at - {clocks.SET_BACK_SQL} AS at, device_id, sender_id, number, code,
               source, received_at, late
        FROM observations_reading r
        WHERE r.admission_id = j.admission_id AND r.measured_at >= j.since
          AND r.measured_at < j.until AND r.measured_at >= %s AND r.measured_at < %s
          AND quality = 1 AND context <> 2 AND NOT error
        OFFSET 0
    ) AS r
"""  # noqa: S608 — constants
_RESPONSES: Final = """
    SELECT j.n, r.response FROM unnest(%s::int[], %s::uuid[], %s::timestamptz[], %s::timestamptz[])
        AS j (n, admission_id, since, until)
    CROSS JOIN LATERAL (
        WITH known AS (
            SELECT s.response, s.total, s.measured_at FROM observations_score s
            WHERE s.admission_id = j.admission_id AND s.measured_at > j.since
              AND s.measured_at <= j.until AND s.measured_at > %s AND s.measured_at <= %s
        )
        SELECT k.response FROM known k WHERE k.response = ANY(%s) AND k.measured_at >= coalesce(
            (SELECT max(measured_at) FROM known WHERE total IS NOT NULL), '-infinity')
        ORDER BY array_position(%s, k.response::text) DESC LIMIT 1
    ) AS r
"""
Span = tuple[datetime, datetime]


def series(spans: Mapping[UUID, Span]) -> dict[UUID, dict[str, list[Point]]]:
    """What counts of each admission, by kind, in order; from its start to before its end."""
    if not spans:
        return {}
    asked = [(str(one), start, end + clocks.MOST) for one, (start, end) in spans.items()]
    ids = list(spans)
    answer = rows(_SERIES, _each_and_all(asked))
    found: dict[UUID, dict[str, list[Point]]] = {one: defaultdict(list) for one in ids}
    for number, kind, *told in answer:
        start, end = spans[ids[number]]
        point = Point(*told)
        if start <= point.at < end:
            found[ids[number]][kinds.NAMES[kind]].append(point)
    for known in found.values():
        for points in known.values():
            points.sort()
    return {one: dict(known) for one, known in found.items()}


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


def score_before(admission_id: UUID, at: datetime) -> tuple[datetime, int | None] | None:
    """When the last score before an instant was measured, and its total if it was complete."""
    answer = rows(
        "SELECT measured_at, total FROM observations_score WHERE admission_id = %s "
        "AND measured_at >= %s AND measured_at < %s ORDER BY measured_at DESC LIMIT 1",
        [admission_id, at - limits.ACCEPT_WINDOW, at],
    )
    return answer[0] if answer else None


def last_responses(spans: Mapping[UUID, Span]) -> dict[UUID, str]:
    """After its start, up to its end: that of each admission's newest complete score, or what
    incomplete ones since raised it to; empty when there is none. One that lacks something lowers
    nothing: a gap is not calm."""
    if not spans:
        return {}
    ids = list(spans)
    asked = [(str(one), *span) for one, span in spans.items()]
    given = [*_each_and_all(asked), list(RESPONSES), list(RESPONSES)]
    found = {ids[number]: str(response) for number, response in rows(_RESPONSES, given)}
    return {one: found.get(one, "") for one in ids}


def _each_and_all(asked: Sequence[tuple[str, datetime, datetime]]) -> list[Any]:
    """The periods one by one, and the whole that they lie in: the planner needs values to leave
    partitions out, and leaves out more of them for each period as it goes."""
    ids, starts, ends = (list(part) for part in zip(*asked, strict=True))
    return [list(range(len(ids))), ids, starts, ends, min(starts), max(ends)]
