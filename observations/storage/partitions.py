"""The partitions of readings and scores, by UTC day: made ahead by the keeper, or by whoever is
short; `merging` puts old days together into months.

There is no default partition, so a day must be there before its first row; making one takes an
advisory lock, because two workers may miss the same day at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db import connection, transaction

from observations.storage.locks import Lock
from observations.storage.queries import rows

TABLES: Final = ("observations_reading", "observations_score")
DAYS_AHEAD: Final = 7
# Days that this process has seen to exist, by database: a merge leaves them in their month.
_known: dict[str, set[date]] = {}


def ensure_days(days: Iterable[date]) -> None:
    """Make the missing partitions of these UTC days."""
    known = _known.setdefault(str(connection.settings_dict["NAME"]), set())
    missing = sorted(set(days) - known)
    if not missing:
        return
    with transaction.atomic():
        if any(_absent(table, missing) for table in TABLES):
            _make(missing)
        # Only a commit makes them true.
        transaction.on_commit(lambda: known.update(missing))


def _make(days: Sequence[date]) -> None:
    """One after the other, and looked for again under the lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Lock.PARTITIONS])
        for table in TABLES:
            for day in _absent(table, days):
                cursor.execute(_create(table, day))


def _absent(table: str, days: Iterable[date]) -> list[date]:
    there = set(attached(table))
    return [d for d in days if there.isdisjoint((day_name(table, d), month_name(table, d)))]


def ensure_ahead(at: datetime) -> None:
    """From yesterday to a week from now."""
    today = _today(at)
    ensure_days(today + timedelta(days=n) for n in range(-1, DAYS_AHEAD + 1))


def days_ahead(at: datetime) -> int:
    """Whole days after today that every table has without a gap; -1 where today is missing."""
    return min(_days_ahead(set(attached(table)), table, _today(at)) for table in TABLES)


def _days_ahead(there: set[str], table: str, today: date) -> int:
    day = today
    while not there.isdisjoint((day_name(table, day), month_name(table, day))):
        day += timedelta(days=1)
    return (day - today).days - 1


def attached(table: str) -> list[str]:
    """The partitions of a table, in the order of their names, which is that of time."""
    answer = rows(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
        "WHERE i.inhparent = %s::regclass ORDER BY 1",
        [table],
    )
    return [name for (name,) in answer]


def day_name(table: str, day: date) -> str:
    return f"{table}_{day:%Y%m%d}"


def month_name(table: str, day: date) -> str:
    return f"{table}_{day:%Y%m}"


def day_start(day: date) -> datetime:
    return datetime.combine(day, time(0), UTC)


def days_between(start: datetime, end: datetime) -> Iterator[date]:
    """The UTC days that a half-open period touches."""
    day = start.astimezone(UTC).date()
    while day_start(day) < end:
        yield day
        day += timedelta(days=1)


def bounds(start: date, end: date) -> str:
    """From the first day to before the second, as a partition says it."""
    first, last = day_start(start).isoformat(), day_start(end).isoformat()
    return f"FOR VALUES FROM ('{first}') TO ('{last}')"


def _today(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _create(table: str, day: date) -> str:
    """Made beside the table and then attached: `CREATE … PARTITION OF` waits for every reader of
    the table, a backup of hours among them, and all who come after wait for it."""
    # Identifiers and bounds of a partition cannot be parameters; both are made of a date alone.
    name = day_name(table, day)
    return (
        f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL);"
        f"ALTER TABLE {table} ATTACH PARTITION {name} {bounds(day, day + timedelta(days=1))}"
    )
