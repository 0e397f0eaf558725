"""When a board's row reads otherwise though nobody wrote anything: the row as it was made holds
until then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from observations.silence import DEAD_BY_TELLING
from rounds.board.rows import REVIEW_EVERY, UNPLANNED_STALE_AFTER, Row

# A day's line moves on by a pixel in this time, and London's days begin at the end of one.
STEP: Final = dt.timedelta(minutes=15)
TREND: Final = dt.timedelta(hours=24)
# How near a time must be to be told by the clock alone, and by its weekday.
BY_THE_CLOCK: Final = dt.timedelta(hours=20)
BY_THE_WEEKDAY: Final = dt.timedelta(days=6)
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
    yield step_end(row.at)
    # The kinds of a set are due and measured together: far fewer moments than values.
    for due in set(row.dues.values()):
        yield from filter(None, due)
        if due.due_at:
            yield from (due.due_at + after for after in DEAD_BY_TELLING.values())
    for told in _told(row):
        yield from (told, told - BY_THE_CLOCK, told - BY_THE_WEEKDAY, told + BY_THE_WEEKDAY)
    for measured in _measured(row):
        yield from (measured + UNPLANNED_STALE_AFTER, measured + BY_THE_CLOCK)
    yield row.reviewed_at + REVIEW_EVERY


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
