"""Daily partitions (UTC) of readings and scores: made ahead by the keeper, or by whoever is short.

There is no default partition, so a day must be there before its first row; making one takes an
advisory lock, because two workers may miss the same day at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db import connection, transaction

TABLES: Final = ("observations_reading", "observations_score")
DAYS_AHEAD: Final = 7
_LOCK: Final = 7_301_001
# Days that this process has seen to exist, by database: they are never taken away while it lives.
_known: dict[str, set[date]] = {}


def ensure_days(days: Iterable[date]) -> None:
    """Make the missing partitions of these UTC days."""
    known = _known.setdefault(str(connection.settings_dict["NAME"]), set())
    missing = sorted(set(days) - known)
    if not missing:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for table in TABLES:
            for day in missing:
                cursor.execute(_create(table, day))
        # Only a commit makes them true.
        transaction.on_commit(lambda: known.update(missing))


def ensure_ahead(at: datetime) -> None:
    """From yesterday to a week from now."""
    today = at.astimezone(UTC).date()
    ensure_days(today + timedelta(days=n) for n in range(-1, DAYS_AHEAD + 1))


def day_start(day: date) -> datetime:
    return datetime.combine(day, time(0), UTC)


def days_between(start: datetime, end: datetime) -> Iterator[date]:
    """The UTC days that a half-open period touches."""
    day = start.astimezone(UTC).date()
    while day_start(day) < end:
        yield day
        day += timedelta(days=1)


def _create(table: str, day: date) -> str:
    # Identifiers and bounds of a partition cannot be parameters; both are made of a date alone.
    start, end = day_start(day), day_start(day + timedelta(days=1))
    return (
        f"CREATE TABLE IF NOT EXISTS {table}_{day:%Y%m%d} PARTITION OF {table} "
        f"FOR VALUES FROM ('{start.isoformat()}') TO ('{end.isoformat()}')"
    )
