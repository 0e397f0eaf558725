"""The board's version: a short digest of all that a board shows to somebody."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Final

from django.conf import settings

from accounts.models import User
from capacity.models import Ward
from lib.london import day_of
from patients.policies import can_treat_on
from rounds.board.head import Head, head

_LAG_STEP: Final = 10


def board_version(ward: Ward, user: User, at: dt.datetime, query: str = "") -> str:
    found = head(ward.code, at)
    assert found, "a ward that was read a moment ago"
    return version_of(found, user, query)


def version_of(found: Head, user: User, query: str = "") -> str:
    """The page's and the API's ETag."""
    seen = (
        settings.RELEASE,
        user.pk,
        can_treat_on(user, found.ward, at=found.at),
        query,
        day_of(found.at).isoformat(),
        _lag_seen(found.lag),
        *found.seen,
    )
    return hashlib.blake2b(repr(seen).encode(), digest_size=12).hexdigest()


def _lag_seen(lag: dt.timedelta) -> int:
    """In steps once it is told at all: a bar that counts every second need not redraw rows."""
    seconds = int(lag.total_seconds())
    return seconds // _LAG_STEP if seconds >= 60 else 0
