"""The scores of the last day: only where each step of the line begins and ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from observations.storage.queries import rows
from rounds.board.entries import PastScore
from rounds.board.moments import TREND

# A hub may score each minute: arrays, as texts, are read five times faster than rows.
_SCORES: Final = """
SELECT admission_id::text, array_agg(measured_at ORDER BY measured_at)::text,
       array_agg(total ORDER BY measured_at)::text, array_agg(lowest ORDER BY measured_at)::text
FROM observations_score
WHERE admission_id = ANY(%(ids)s::uuid[])
  AND measured_at > %(start)s AND measured_at <= %(end)s
GROUP BY admission_id
"""


def scores(ids: Sequence[str], end: dt.datetime) -> dict[str, tuple[PastScore, ...]]:
    """Of admissions by their ids; oldest first."""
    if not ids:
        return {}
    found = rows(_SCORES, {"ids": list(ids), "start": end - TREND, "end": end})
    return {admission: _steps(*texts) for admission, *texts in found}


def _steps(*texts: str) -> tuple[PastScore, ...]:
    moments, totals, lowests = (text[1:-1].split(",") for text in texts)
    values = list(zip(totals, lowests, strict=True))
    # Where it differs from the one before or from the one after.
    bounds = [None, *values, None]
    ends = [n for n, value in enumerate(values) if not bounds[n] == value == bounds[n + 2]]
    return tuple(_score(moments[n], *values[n]) for n in ends)


def _score(moment: str, total: str, lowest: str) -> PastScore:
    # "2026-11-22 07:45:00+00", in the double quotes of an array's text.
    at = dt.datetime.fromisoformat(moment.strip('"'))
    return PastScore(at, None if total == "NULL" else int(total), int(lowest))
