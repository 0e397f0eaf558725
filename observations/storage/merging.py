"""Puts the days of an old month together into one partition, while people read and correct them.

2,922 daily partitions made a look-up without bounds 105–240 ms, and six of those ran PostgreSQL out
of lock memory. PostgreSQL 15 cannot merge partitions, so a month is copied beside the table, a day
at a time, and then takes the days' place in one short transaction:

- before its day is copied, a trigger on the day begins to note what changes, so nothing is locked
  while it is copied, and what was noted is copied again;
- the copy is compared with the days, row by row, before any of them goes;
- every step is one transaction and is found again in the database, so a killed worker leaves a
  step undone and nothing else; whoever comes next goes on from there;
- the exchange waits half a second for its lock, so that nobody waits longer behind it, and else
  comes back another time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

import structlog
from django.db import OperationalError, connection, transaction
from psycopg2.errors import LockNotAvailable

from observations.models import PartitionChange, PartitionCopy
from observations.storage.locks import Lock
from observations.storage.partitions import (
    TABLES,
    attached,
    bounds,
    day_start,
    month_name,
)
from observations.storage.queries import rows

log = structlog.get_logger(__name__)

# Devices may bring readings of 35 days ago, and people correct mostly what is recent.
KEPT_AS_DAYS: Final = timedelta(days=60)
# So many changes are copied again within the exchange; more are copied before it.
MOST_CHANGES: Final = 1_000
_PATIENCE: Final = "SET LOCAL lock_timeout = '500ms'"
_BOUNDED: Final = "within_its_month"
_DAY: Final = len("yyyymmdd")

_COLUMNS: Final = """
    SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute
    WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
# A constraint's definition, or what makes an index unique and what it is on.
_INDEXES: Final = r"""
    SELECT coalesce(pg_get_constraintdef(c.oid), ''),
           CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END,
           substring(pg_get_indexdef(i.indexrelid) FROM ' (USING .*)$')
    FROM pg_index i LEFT JOIN pg_constraint c
      ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid AND c.contype IN ('p', 'u')
    WHERE i.indrelid = %s::regclass
"""
_DROP_CHANGED: Final = """
    DELETE FROM {copy} t USING observations_partitionchange c
    WHERE c.part = ANY(%s) AND t.admission_id = c.admission_id AND t.measured_at = c.measured_at
"""
_COPY_CHANGED: Final = """
    INSERT INTO {copy} ({columns}) SELECT {ours} FROM {day} d JOIN (
        SELECT DISTINCT admission_id, measured_at FROM observations_partitionchange WHERE part = %s
    ) c ON d.admission_id = c.admission_id AND d.measured_at = c.measured_at
"""


class Month(NamedTuple):
    """A month of a table, and the names of the days that it still has."""

    table: str
    first: date
    days: tuple[str, ...]

    @property
    def name(self) -> str:
        return month_name(self.table, self.first)

    @property
    def bounds(self) -> str:
        return bounds(self.first, self.end)

    @property
    def end(self) -> date:
        return _next_month(self.first)


def merge_months(*, at: datetime, seconds: float = 60.0) -> int:
    """As many steps as fit the time; one that has begun is finished. How many months are done."""
    ends = time.monotonic() + seconds
    done = 0
    try:
        for month in list(waiting(at)):
            for _ in build(month, at=at):
                if time.monotonic() >= ends:
                    return done
            done += exchange(month)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        # Somebody reads or writes these days for longer than anybody should wait behind us.
        log.info("merge_put_off", why=str(error.__cause__).splitlines()[0])
    return done


def waiting(at: datetime) -> Iterator[Month]:
    """The months whose every day is old enough, the oldest first."""
    for table in TABLES:
        for first, days in sorted(_months(table).items()):
            if day_start(_next_month(first)) + KEPT_AS_DAYS <= at:
                yield Month(table, first, tuple(days))


def build(month: Month, *, at: datetime) -> Iterator[None]:
    """The copy that will take the days' place, a step each time; goes on from what is there."""
    if not _is_begun(month):
        _begin(month)
        yield
    for day in month.days:
        if not PartitionCopy.objects.filter(part=day).exists():
            _watch(day)
            _copy(month, day, at)
            yield
    _index(month)
    yield
    _check(month, at)
    yield


def exchange(month: Month) -> bool:
    """The copy in the days' place, for everybody at the same moment; false when a day came, or too
    much was changed, since it was built."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PATIENCE)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Lock.PARTITIONS])
        cursor.execute(f"LOCK TABLE ONLY {month.table} IN ACCESS EXCLUSIVE MODE")
        if not _is_ready(month):
            return False
        days = ", ".join(month.days)
        # Who holds the table holds its days, but for a vacuum, which may take long.
        cursor.execute(f"LOCK TABLE {days} IN ACCESS EXCLUSIVE MODE NOWAIT")
        _copy_changes(month)
        cursor.execute(
            f"DROP TABLE {days};"
            f"ALTER TABLE {month.table} ATTACH PARTITION {month.name} {month.bounds};"
            f"ALTER TABLE {month.name} DROP CONSTRAINT {_BOUNDED}"
        )
        PartitionCopy.objects.filter(into=month.name).delete()
    log.info("month_merged", partition=month.name, days=len(month.days))
    return True


def _months(table: str) -> dict[date, list[str]]:
    found: dict[date, list[str]] = {}
    for name in attached(table):
        told = name.removeprefix(f"{table}_")
        if len(told) == _DAY:
            found.setdefault(date(int(told[:4]), int(told[4:6]), 1), []).append(name)
    return found


def _is_begun(month: Month) -> bool:
    """There, and still of the table's shape: a migration does not reach what is not attached."""
    shape, wanted = (rows(_COLUMNS, [name]) for name in (month.name, month.table))
    return bool(shape) and shape == wanted


def _begin(month: Month) -> None:
    """Without indexes: these are made when all is there, for a fraction of the cost."""
    start, end = (day_start(day).isoformat() for day in (month.first, month.end))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {month.name}")
        PartitionCopy.objects.filter(into=month.name).delete()
        # The same bounds as a constraint spare the exchange a look at every row.
        cursor.execute(
            f"CREATE TABLE {month.name} (LIKE {month.table} INCLUDING ALL EXCLUDING INDEXES,"
            f"CONSTRAINT {_BOUNDED} CHECK (measured_at IS NOT NULL AND measured_at >= '{start}' "
            f"AND measured_at < '{end}'))"
        )


def _watch(day: str) -> None:
    """From here on what changes is noted: committed before the copy looks, so nothing is missed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PATIENCE)
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER notes_changes AFTER INSERT OR UPDATE OR DELETE ON {day} "
            "FOR EACH ROW EXECUTE FUNCTION observations_note_changed_row()"
        )


def _copy(month: Month, day: str, at: datetime) -> None:
    columns = _columns(month)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {month.name} ({columns}) SELECT {columns} FROM {day}")  # noqa: S608 — names made of a date
        PartitionCopy.objects.create(part=day, into=month.name, copied_at=at)


def _index(month: Month) -> None:
    """All that the table has, so that attaching makes none."""
    wanted, there = (set(rows(_INDEXES, [name])) for name in (month.table, month.name))
    with transaction.atomic(), connection.cursor() as cursor:
        for constraint, unique, using in sorted(wanted - there):
            if constraint:
                cursor.execute(f"ALTER TABLE {month.name} ADD {constraint}")
            else:
                cursor.execute(f"CREATE {unique}INDEX ON {month.name} {using}")
        if wanted - there:
            cursor.execute(f"ANALYZE {month.name}")


def _check(month: Month, at: datetime) -> None:
    """Brought up to date, and once compared with the days, row by row, at one instant."""
    copies = PartitionCopy.objects.filter(into=month.name)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        _copy_changes(month)
        if copies.filter(checked_at=None).exists():
            if _sum(month.days) != _sum([month.name]):
                raise CopyDiffersError(month.name)
            copies.update(checked_at=at)


def _sum(tables: Sequence[str]) -> tuple[int, int]:
    """How many rows, and a sum over all that they say."""
    every = " UNION ALL ".join(
        f"SELECT hash_record_extended(t, 0) AS said FROM {table} t"  # noqa: S608 — names made of a date
        for table in tables
    )
    count, total = rows(f"SELECT count(*), coalesce(sum(said), 0) FROM ({every}) AS t", [])[0]  # noqa: S608 — see above
    return int(count), int(total)


def _is_ready(month: Month) -> bool:
    """Asked under the lock: nothing comes in between any more."""
    copies = PartitionCopy.objects.filter(into=month.name, checked_at__isnull=False)
    checked = set(copies.values_list("part", flat=True))
    there = set(_months(month.table).get(month.first, []))
    few = PartitionChange.objects.filter(part__in=month.days).count() <= MOST_CHANGES
    return there == checked == set(month.days) and few and _is_begun(month)


def _copy_changes(month: Month) -> None:
    """What was noted, again from the days: gone from the copy, and in it as it is now."""
    columns = _columns(month, "d")
    seen = [list(month.days)]
    with connection.cursor() as cursor:
        cursor.execute(_DROP_CHANGED.format(copy=month.name), seen)
        for day in month.days:
            again = _COPY_CHANGED.format(
                copy=month.name, day=day, columns=_columns(month), ours=columns
            )
            cursor.execute(again, [day])
        cursor.execute("DELETE FROM observations_partitionchange WHERE part = ANY(%s)", seen)


def _columns(month: Month, of: str = "") -> str:
    names = (name for name, *_ in rows(_COLUMNS, [month.table]))
    return ", ".join(f"{of}.{name}" if of else name for name in names)


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


class CopyDiffersError(Exception):
    """The copy of a month is not what its days are: they stay, and somebody must look."""
