"""What those who answer for the figures have said: of all of England, of an ICB, of a ward."""

from __future__ import annotations

import datetime as dt
from typing import Final

from capacity.actions.leave_settings import set_leave
from lib import london

# Of the last 90 days, which charts show, some were told otherwise.
LEFT_OUT_SINCE: Final = dt.timedelta(days=200)
COUNTED_SINCE: Final = dt.timedelta(days=45)


def say_who_counts(*, now: dt.datetime) -> None:
    """People on leave were left out of occupancy for a while, and count again since."""
    today = london.day_of(now)
    for since, counted, reason in (
        (LEFT_OUT_SINCE, False, "Agreed by the ICBs’ heads of information"),
        (COUNTED_SINCE, True, "As NHS England’s SitRep counts: everybody on the ward’s list"),
    ):
        starts = today - since
        at = london.count_instant(starts)
        set_leave(starts=starts, counted=counted, reason=reason, by=None, at=at)
