"""The numbers of advisory locks: two purposes under one number would wait for each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum, unique

from django.db import connection
from django.db.backends.utils import CursorWrapper

from lib.pooling import is_pooled


@unique
class Lock(IntEnum):
    """Each for one purpose. Those of tasks are held by a session, up to an hour; the others by a
    transaction. TRAY stands before a second number, a sender's."""

    PARTITIONS = 7_301_001
    DEADLINES = 7_301_011
    BELLS = 7_301_012
    KEEPING = 7_301_013
    RETRACTIONS = 7_301_014
    MERGING = 7_301_015
    TRAY = 7_301_016
    FLOORS = 7_301_017
    WATCHES = 7_301_018
    WARDS_WORK = 7_301_021
    FORGETTING = 7_301_022


@contextmanager
def alone(lock: Lock) -> Iterator[bool]:
    """Whether no other worker does the same just now; let go with the connection at the latest."""
    with _session() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
        mine = bool(cursor.fetchone()[0])
        try:
            yield mine
        finally:
            if mine:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])


@contextmanager
def _session() -> Iterator[CursorWrapper]:
    """One that keeps a lock: behind a pooler it is had by a transaction that does nothing else."""
    if not is_pooled():
        with connection.cursor() as cursor:
            yield cursor
        return
    own = connection.copy()
    try:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            yield cursor
    finally:
        own.close()
