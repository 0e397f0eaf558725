"""Who holds a ward at an instant: exactly one holder, or nobody. Pure, and asked by every page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID


class Held(NamedTuple):
    """Somebody who accepted a ward at `since`; it is theirs until `until`, and not a moment more:
    nobody holds patients whose shift has ended."""

    name: str
    team: str
    phone: str
    until: dt.datetime
    since: dt.datetime
    handover: UUID
    user_id: int | None = None


class Declined(NamedTuple):
    at: dt.datetime
    by: str
    reason: str


class Offered(NamedTuple):
    """A handover that waits for its answer, or was declined: the ward stays whose it was."""

    handover: UUID
    at: dt.datetime
    by: str
    by_id: int
    to: str
    to_id: int | None
    patients: int
    declined: Declined | None = None

    @property
    def waits(self) -> bool:
        return self.declined is None


@dataclass(frozen=True, slots=True)
class Watch:
    """`last` is whoever accepted last, whether or not their time has run out since."""

    at: dt.datetime
    last: Held | None = None
    offered: Offered | None = None

    @property
    def holder(self) -> Held | None:
        """None: unwatched."""
        return self.last if self.last and self.at < self.last.until else None

    @property
    def unwatched_since(self) -> dt.datetime | None:
        """None while somebody holds the ward, and where nobody ever accepted."""
        return self.last.until if self.last and self.holder is None else None


def holder_at(accepted: Iterable[Held], at: dt.datetime) -> Held | None:
    """The last to accept holds the ward, unless their time has run out."""
    known = [one for one in accepted if one.since <= at]
    last = max(known, key=lambda one: (one.since, one.handover), default=None)
    return Watch(at, last).holder
