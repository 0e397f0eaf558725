"""Which uploads a batch takes: fresh ones first, hardly more than it stores, and no few too soon.

What a batch costs by itself, whatever is in it, is as much as three hundred readings. Where
uploads come one reading at a time, a worker that took each few as they came would do little else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

from observations.storage import lanes, queries

READINGS: Final = 4000
# Fewer are worth the wait for more.
_FEW: Final = 1000
# So many uploads are claimed before it is known how much they hold.
_FIRST: Final = 40

_CLAIM: Final = """
    SELECT id, count, attempts, extract(epoch FROM clock_timestamp() - received_at)::float
    FROM observations_inbox WHERE {waiting} AND id > %s
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_FRESH: Final = _CLAIM.format(waiting=lanes.FRESH)
_REPLAYED: Final = _CLAIM.format(waiting=lanes.REPLAYED)


@dataclass
class Claimed:
    """Uploads to store together, and those that failed before: each of them by itself.

    `oldest` is how many seconds ago the first of them came, by the database's clock.
    """

    sound: list[int] = field(default_factory=list)
    doubtful: list[int] = field(default_factory=list)
    readings: int = 0
    oldest: float = 0

    def fill(self, limit: int) -> None:
        """As many as make a batch, and few more: nobody else can take meanwhile what is locked
        here."""
        for statement in (_FRESH, _REPLAYED):
            self._from(statement, limit)

    def waits_for_more(self, gather: float) -> float:
        """For so many seconds nobody need store them yet. Counted by their age and not from now,
        so that one worker's pause, or its death in it, holds up nobody's reading."""
        if not self.sound or self.doubtful or self.readings >= _FEW:
            return 0
        return max(0.0, gather - self.oldest)

    @property
    def _uploads(self) -> int:
        return len(self.sound) + len(self.doubtful)

    def _from(self, lane: str, limit: int) -> None:
        after, wanted = 0, _FIRST
        while self._uploads < limit and self.readings < READINGS:
            asked = min(wanted, limit - self._uploads)
            some = queries.rows(lane, [after, asked])
            for row, count, attempts, age in some:
                (self.doubtful if attempts else self.sound).append(row)
                self.readings += count
                # One from the future tells of a clock that was set; nobody waits by that.
                self.oldest = max(self.oldest, age if age >= 0 else math.inf)
            if len(some) < asked:
                break
            after = some[-1][0]
            # By what an upload held so far; heartbeats hold nothing.
            left = max(0, READINGS - self.readings)
            wanted = 1 + left * self._uploads // max(1, self.readings)
