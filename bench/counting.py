"""Whether all that was accepted is there, once; and how long each upload waited for its score."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bench.load.__main__ import latencies
from bench.loading import Seen
from vwards.local.programs import LocalError

Given = Sequence[Any] | Mapping[str, Any]
# No reading of a run is older than its first one by more, or newer than now.
LATEST: Final = timedelta(hours=3)
STORED: Final = (1, 2)
DUPLICATE: Final = 3
_OUTCOMES: Final = """
    SELECT told, count(*) FROM observations_receipt, unnest(outcomes) AS told
    WHERE id = ANY(%s::uuid[]) GROUP BY told
"""
_WHYS: Final = """
    SELECT told, why, count(*) FROM observations_receipt, unnest(outcomes, whys) AS each (told, why)
    WHERE id = ANY(%s::uuid[]) GROUP BY told, why
"""
_WAITING: Final = """
    SELECT min(id), sum(count) FROM observations_inbox
    WHERE parked_at IS NULL AND replayed IN (false, true) AND id >= %s
"""
_ANY: Final = """
    SELECT EXISTS (
        SELECT FROM observations_inbox
        WHERE parked_at IS NULL AND replayed IN (false, true) AND id >= %s
    )
"""
# The receipt is committed with readings, scores and bells: its transaction's time is theirs.
_WAITED: Final = """
    SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin) - received_at)
    FROM observations_receipt WHERE id = ANY(%s::uuid[])
"""
_BOUNDS: Final = "measured_at >= %(first)s AND measured_at < %(last)s"
_STORED: Final = f"SELECT count(*) FROM observations_reading WHERE batch >= %(batch)s AND {_BOUNDS}"
_UNSCORED: Final = f"""
    SELECT count(*) FROM (
        SELECT DISTINCT admission_id, measured_at FROM observations_reading
        WHERE batch >= %(batch)s AND {_BOUNDS}
    ) AS stored LEFT JOIN (
        SELECT admission_id, measured_at, total FROM observations_score WHERE {_BOUNDS}
    ) AS score USING (admission_id, measured_at)
    WHERE score.admission_id IS NULL
"""


def next_batch() -> int:
    """Batches drawn from now on have at least this number."""
    return int(ask("SELECT nextval('observations_batch')"))


def waiting(lowest: int = 0) -> tuple[int, int] | None:
    """The first upload that waits, and how many readings do; nothing below `lowest` is looked at,
    where dead rows lie by the thousand."""
    first, readings = _rows(_WAITING, [lowest])[0]
    return None if first is None else (int(first), int(readings))


def is_waiting(lowest: int) -> bool:
    return bool(ask(_ANY, [lowest]))


def check(receipts: Sequence[str], seen: Seen, *, batch: int, first: datetime) -> dict[str, float]:
    """Of all since this batch and instant; raises LocalError where a count is wrong. Else the
    milliseconds from accepted to scored."""
    now = datetime.now(UTC)
    since = {"batch": batch, "first": first - LATEST, "last": now + LATEST}
    outcomes = dict(_rows(_OUTCOMES, [list(receipts)]))
    stored = sum(outcomes.pop(outcome, 0) for outcome in STORED)
    told = {
        "accepted uploads": (len(receipts), seen.posts),
        "stored": (stored, seen.fresh),
        "duplicates": (outcomes.pop(DUPLICATE, 0), seen.again),
        "other outcomes": (sum(outcomes.values()), 0),
        "rows": (ask(_STORED, since), seen.fresh),
        "sets without a score": (ask(_UNSCORED, since), 0),
    }
    wrong = {name: pair for name, pair in told.items() if pair[0] != pair[1]}
    if wrong:
        whys = _rows(_WHYS, [list(receipts)])
        raise LocalError(f"Counted and expected differ: {wrong}; told on receipts: {whys}")
    return latencies([float(row[0]) for row in _rows(_WAITED, [list(receipts)])])


def ask(statement: str, given: Given = ()) -> Any:
    return _rows(statement, given)[0][0]


def _rows(statement: str, given: Given) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        found: list[Any] = cursor.fetchall()
        return found
