"""The limit: bare COPY into the readings table as it ships, on one connection."""

import io
import itertools
import time
from datetime import UTC, datetime, timedelta

from bench import history
from bench.load.uploads import SET

_numbers = itertools.count(1)


def copy(readings: int) -> float:
    """Rows a second, the commit included; the text is made before the clock starts."""
    from django.db import connection

    text = _text(readings)
    with connection.cursor() as cursor:
        started = time.perf_counter()
        cursor.copy_expert(f"COPY observations_reading ({history.COLUMNS}) FROM STDIN", text)
        return float(cursor.rowcount / (time.perf_counter() - started))


def _text(readings: int) -> io.StringIO:
    """Sets of yesterday, of all patients in turn, each run's with ids of its own."""
    from django.db import connection

    sets, first = readings // len(SET), datetime.now(UTC) - timedelta(days=1, hours=1)
    apart = timedelta(hours=1) / sets
    given = history.asked(first, apart, f"copy{next(_numbers)}") | {"from": 0, "to": sets}
    text = io.StringIO()
    with connection.cursor() as cursor:
        statement = cursor.mogrify(history.READINGS, given).decode()
        cursor.copy_expert(f"COPY ({statement}) TO STDOUT", text)
    text.seek(0)
    return text
