"""When a board's row reads otherwise though nobody wrote anything: the row as it was made holds
until then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from observations.silence import DEAD_BY_TELLING
from rounds.board.rows import LEAVE_LIMIT, REVIEW_EVERY, UNPLANNED_STALE_AFTER, Row

# A day's line moves on by a pixel in this time, and London's days begin at the end of one.
STEP: Final = dt.timedelta(minutes=15)
TREND: Final = dt.timedelta(hours=24)
# How near a time must be to be told by the clock alone, and by its weekday.
BY_THE_CLOCK: Final = dt.timedelta(hours=20)
BY_THE_WEEKDAY: Final = dt.timedelta(days=6)
_OF_WHAT_IS_DUE: Final = tuple(DEAD_BY_TELLING.values())
_OF_WHAT_IS_TOLD: Final = (dt.timedelta(0), -BY_THE_CLOCK, -BY_THE_WEEKDAY, BY_THE_WEEKDAY)
_OF_WHAT_IS_MEASURED: Final = (UNPLANNED_STALE_AFTER, BY_THE_CLOCK)
_TICK: Final = dt.timedelta(microseconds=1)


# Asked for by each row of a board.
@lru_cache(maxsize=64)
def step_end(at: dt.datetime) -> dt.datetime:
    """The end of the quarter of an hour that has begun; where the day's line ends."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    return hour + ((at - hour) // STEP + 1) * STEP


def holds_until(row: Row) -> dt.datetime:
    """Whatever a new word of the row depends on must be among these moments.

    Some words turn at the moment itself, others as soon as it has passed.
    """
    first = min(moment for moment in _moments(row) if moment >= row.at)
    return first if first > row.at else first + _TICK


def _moments(row: Row) -> Iterator[dt.datetime]:
    # The kinds of a set are due and measured together: far fewer moments than values.
    dues = set(row.dues.values())
    yield step_end(row.at)
    yield row.reviewed_at + REVIEW_EVERY
    if row.leave:
        yield row.leave.starts + LEAVE_LIMIT
    yield from (moment for due in dues for moment in due if moment)
    for moments, turns in (
        ({due.due_at for due in dues if due.due_at}, _OF_WHAT_IS_DUE),
        (_told(row), _OF_WHAT_IS_TOLD),
        (_measured(row), _OF_WHAT_IS_MEASURED),
    ):
        yield from (moment + turn for moment in moments for turn in turns)


def _told(row: Row) -> set[dt.datetime]:
    """Times to come that the row tells."""
    told = {due.due_at for due in row.dues.values() if due.due_at}
    if row.task:
        told.add(row.task.due_at)
    if row.leave:
        told.add(row.leave.expected_back)
    if row.pause:
        told.add(row.pause.ends)
    return told


def _measured(row: Row) -> set[dt.datetime]:
    """Times gone by that the row tells or counts from."""
    measured = {vital.measured_at for vital in row.vitals.values()}
    known = row.standing
    if known:
        measured |= {at for at in (known.measured_at, known.previous_at) if at}
    full = [past.measured_at for past in row.scores if past.total is not None]
    return measured | set(full[-1:])
