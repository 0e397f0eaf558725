"""What a gateway's clock error does to its readings' order.

Identity keeps the time as sent. But a clock that runs ahead would make every later, true reading an
older one: never the newest, never about now. So where readings are put in order and judged, a time
that is ahead by more than what is allowed to anybody is set back by what is known of the error. In
whole seconds, so that Python and PostgreSQL agree to the microsecond.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from observations import limits

# Beyond this it is no clock error but no clock at all: nothing is reckoned from it.
MOST: Final = timedelta(hours=24)
# A clock within this is right, whatever it was before.
RIGHT: Final = timedelta(seconds=60)
_AHEAD: Final = limits.AHEAD.total_seconds()

SET_BACK_SQL: Final = (
    f"CASE WHEN clock_offset > {_AHEAD} THEN round(clock_offset) * interval '1 second' "
    "ELSE interval '0' END"
)


def error(sent_at: datetime | None, received_at: datetime) -> float | None:
    """In seconds, positive where the sender's clock is ahead; None where nothing can be told."""
    if sent_at is None or abs(sent_at - received_at) > MOST:
        return None
    return (sent_at - received_at).total_seconds()


def is_absurd(sent_at: datetime | None, received_at: datetime) -> bool:
    return sent_at is not None and abs(sent_at - received_at) > MOST


def set_back(offset: float) -> timedelta:
    """By how much a time as sent is set back where readings are put in order."""
    return timedelta(seconds=round(offset)) if offset > _AHEAD else timedelta(0)


def follow(known: list[float], told: float) -> list[float]:
    """The errors to remember with this one. A slow line only makes one smaller, so the largest
    counts; but a clock that was ahead and is right now has been set, and what it was is over."""
    over = abs(told) <= RIGHT.total_seconds() and max(known, default=0.0) > _AHEAD
    return [told] if over else [*known, told]
