"""How far each lane of the inbox is empty, so that nobody reads past what is gone.

An old snapshot, a report or a backup for instance, may keep the dead rows of hours in the table and
its indexes; whoever starts from a lane's beginning reads past every one of them. So each lane has a
floor: every upload with a number up to it is stored or parked. It stands in a sequence, since that
is changed in place and leaves no dead rows itself. A floor that is too low costs time; one that is
too high would lose an upload, and this is why none is:

A number is drawn under a lock on the table, which is kept until the upload is committed. Whoever
held such a lock after the numbers up to `drawn` had been drawn may still commit one of them; once
all of those are gone, the lowest upload that can be seen is the lowest there will ever be.
"""

from __future__ import annotations

import time
from typing import Final, NamedTuple

from django.db import transaction

from observations.storage.locks import Lock
from observations.storage.queries import rows

_FLOORS: Final = {False: "observations_floor_fresh", True: "observations_floor_replayed"}
# What waits in each lane: conditions for a WHERE, which its index answers from the floor on.
FRESH: Final = """
    parked_at IS NULL AND replayed = false
    AND id > (SELECT last_value FROM observations_floor_fresh)
"""
REPLAYED: Final = """
    parked_at IS NULL AND replayed = true
    AND id > (SELECT last_value FROM observations_floor_replayed)
"""
_EVERY: Final = 1.0
# Numbers below a floor come back with a restored backup, whose sequences are younger than its
# rows; a worker looks below when it starts, and then this often.
_WHOLE_EVERY: Final = 3600.0

_DRAWN: Final = """
    SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END
    FROM observations_inbox_id_seq
"""
_WRITERS: Final = """
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'observations_inbox'::regclass
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND mode = 'RowExclusiveLock'
"""
_LOWEST: Final = """
    SELECT min(id) FROM observations_inbox
    WHERE parked_at IS NULL AND replayed = %s AND id > %s
"""
_SET: Final = "SELECT setval(%s, %s)"


class Mark(NamedTuple):
    """Numbers that had been drawn, and who might still have committed one of them just then."""

    drawn: int
    writers: frozenset[str]

    @classmethod
    def now(cls) -> Mark:
        drawn = int(rows(_DRAWN, None)[0][0])
        return cls(drawn, _writers())  # in this order


class Floors:
    """Raises both lanes' floors; one a process, and any number of them at once."""

    def __init__(self) -> None:
        self._mark: Mark | None = None
        self._asked_at = self._whole_at = float("-inf")

    def follow(self) -> None:
        """At most once a second, outside of any transaction of the caller's."""
        now = time.monotonic()
        if now - self._asked_at >= _EVERY:
            self._asked_at = now
            self.move(whole=now - self._whole_at >= _WHOLE_EVERY)

    @transaction.atomic
    def move(self, *, whole: bool = False) -> None:
        """As far up as is certain; when `whole`, down to whatever waits below, too."""
        rows("SELECT pg_advisory_xact_lock(%s)", [Lock.FLOORS])
        mark = self._mark
        if whole:
            self._whole_at = time.monotonic()
            _lower()
        if mark is None or mark.writers.isdisjoint(_writers()):
            self._mark = Mark.now()
            if mark is not None:
                _raise(mark.drawn)


def _writers() -> frozenset[str]:
    return frozenset(str(row[0]) for row in rows(_WRITERS, None))


def _raise(drawn: int) -> None:
    for lane, name in _FLOORS.items():
        floor = _floor(name)
        lowest = _lowest(lane, above=floor)
        new = drawn if lowest is None else min(drawn, lowest - 1)
        if new > floor:
            _set(name, new)


def _lower() -> None:
    for lane, name in _FLOORS.items():
        lowest = _lowest(lane, above=0)
        if lowest is not None and lowest <= _floor(name):
            _set(name, lowest - 1)


def _floor(name: str) -> int:
    return int(rows(f"SELECT last_value FROM {name}", None)[0][0])  # noqa: S608 — ours


def _lowest(lane: bool, *, above: int) -> int | None:  # noqa: FBT001 — a lane's name
    lowest: int | None = rows(_LOWEST, [lane, above])[0][0]
    return lowest


def _set(name: str, floor: int) -> None:
    rows(_SET, [name, floor])
