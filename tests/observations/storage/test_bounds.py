"""Whatever asks for readings or scores says from when to when, and eight years cost nothing."""

import datetime as dt
import json
import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.urls import reverse

from observations.actions.readings import strike_readings
from observations.amends.corrections import Key
from observations.models import Reading
from observations.storage import partitions
from tests import bounds
from tests.observations.conftest import NOW
from tests.observations.factories import make_set, reading
from tests.observations.test_api import HOUR, address

FIRST, TODAY = dt.date(2018, 9, 1), NOW.date()
DAYS_SINCE = dt.date(2026, 9, 1)
DAY = dt.timedelta(days=1)
EIGHT_YEARS = 96
# What happened before the newest reading is asked for no longer than a week back.
A_WEEK_AND_A_DAY = 8
FRAGMENT = {"HX-Request": "true"}
LOCKED = """
    SELECT DISTINCT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    WHERE l.pid = pg_backend_pid() AND c.relkind = 'r' AND c.relname ~ %s
"""
PART = r"^observations_(reading|score)_\d+$"


@pytest.fixture(scope="module")
def _eight_years(django_db_setup, django_db_blocker) -> Iterator[None]:
    """As in the year 2026 of a house that began in 2018: months, and the last three in days."""
    with django_db_blocker.unblock():
        made = {table: _missing(table) for table in partitions.TABLES}
        _run(";".join(_attach(table, *one) for table in made for one in made[table]))
        yield
        _run(";".join(f"DROP TABLE {one[0]}" for table in made for one in made[table]))
        connection.close()


def _missing(table: str) -> list[tuple[str, dt.date, dt.date]]:
    there = set(partitions.attached(table))
    return [one for one in _wanted(table) if one[0] not in there]


def _attach(table: str, name: str, start: dt.date, end: dt.date) -> str:
    return (
        f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL);"
        f"ALTER TABLE {table} ATTACH PARTITION {name} {partitions.bounds(start, end)}"
    )


def _wanted(table: str) -> Iterator[tuple[str, dt.date, dt.date]]:
    month = FIRST
    while month < DAYS_SINCE:
        after = (month + 31 * DAY).replace(day=1)
        yield partitions.month_name(table, month), month, after
        month = after
    for n in range((TODAY - DAYS_SINCE).days + partitions.DAYS_AHEAD):
        day = DAYS_SINCE + n * DAY
        yield partitions.day_name(table, day), day, day + DAY


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def days_of(name: str) -> tuple[dt.date, dt.date]:
    """The first and last day that a partition holds."""
    told = name.rsplit("_", 1)[1]
    first = dt.date(int(told[:4]), int(told[4:6]), int(told[6:] or 1))
    return first, first if told[6:] else (first + 31 * DAY).replace(day=1) - DAY


@pytest.fixture
def planned(_eight_years) -> Iterator[list[tuple[dt.date, dt.date]]]:
    """From when to when the house asked; each plan looks into these days' partitions only."""
    spans: list[tuple[dt.date, dt.date]] = []

    def explain(cursor, sql, params):
        times = sorted(one for one in _flat(params) if isinstance(one, dt.datetime))
        span = times[0].astimezone(dt.UTC).date(), times[-1].astimezone(dt.UTC).date()
        with cursor.db.connection.cursor() as own:
            own.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
            (plan,) = own.fetchone()
        late = re.findall(r'"Subplans Removed": [1-9]', json.dumps(plan))
        assert not late, f"chosen only when all were locked: {sql}"
        for name in _relations(plan):
            first, last = days_of(name)
            assert span[0] <= last, (name, sql)
            assert first <= span[1], (name, sql)
        spans.append(span)

    with bounds.watching(explain):
        yield spans


def _flat(params) -> Iterator[object]:
    for one in params.values() if isinstance(params, dict) else params or ():
        if isinstance(one, list | tuple):
            yield from _flat(one)
        else:
            yield one


def _relations(plan) -> Iterator[str]:
    if isinstance(plan, list):
        for part in plan:
            yield from _relations(part)
    elif isinstance(plan, dict):
        name = str(plan.get("Relation Name", ""))
        if name.startswith(tuple(f"{table}_2" for table in partitions.TABLES)):
            yield name
        for part in plan.values():
            yield from _relations(part)


def locked() -> list[str]:
    """The partitions that this transaction has locked: all that it read, wrote or planned with."""
    with connection.cursor() as cursor:
        cursor.execute(LOCKED, [PART])
        return sorted(name for (name,) in cursor.fetchall())


def assert_locked_within(spans) -> None:
    asked = {day for first, last in spans for day in _days(first, last)}
    for name in locked():
        first, last = days_of(name)
        assert first == last, f"{name}: nothing here is that old"
        assert first in asked, name


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


@pytest.mark.usefixtures("_eight_years", "db")
def test_eight_years_are_there():
    for table in partitions.TABLES:
        months = [n for n in partitions.attached(table) if len(n.rsplit("_", 1)[1]) == 6]
        assert len(months) == EIGHT_YEARS


def test_storing_and_judging_locks_the_days_it_asks_for(planned, send, hub, admission):
    send(make_set(hub, NOW - HOUR, spo2=84))
    send(make_set(hub, NOW, pulse=120))
    send([reading(hub, "pulse", 72, NOW - 2 * HOUR)])
    assert len(planned) > 5
    assert_locked_within(planned)
    assert 2 <= len(locked()) <= 2 * A_WEEK_AND_A_DAY


def test_corrections_lock_the_days_they_ask_for(planned, send, hub, admission, ward_nurse):
    send(make_set(hub, NOW, spo2=84))
    start = NOW - HOUR
    row = Reading.objects.filter(kind=2, measured_at__gte=start, measured_at__lte=NOW).get()
    key = Key(row.device_id, row.sender_id, row.measured_at, row.admission_id)
    strike_readings(admission=admission, keys=[key], reason="wrong", by=ward_nurse, at=NOW)
    assert len(planned) > 3
    assert_locked_within(planned)


def test_pages_lock_the_days_they_ask_for(planned, send, hub, admission, ward_nurse, signed_in):
    send(make_set(hub, NOW, spo2=84))
    browser = signed_in(ward_nurse)
    for page in (
        address(admission),
        reverse("rounds:ward-board", args=[admission.ward.code]),
        reverse("rounds:board-row", args=[admission.pk]),
        reverse("rounds:patient-detail", args=[admission.pk]),
        reverse("rounds:admission-summary", args=[admission.pk]),
        reverse("observations:device-list", args=[admission.ward.code]),
    ):
        assert browser.get(page, headers=FRAGMENT).status_code == 200, page
    assert len(planned) > 5
    assert_locked_within(planned)


@pytest.mark.parametrize(
    "asked",
    [
        "SELECT 1 FROM observations_reading WHERE measured_at >= %s",
        "SELECT 1 FROM observations_reading WHERE measured_at < %s",
        (
            "SELECT 1 FROM observations_reading r JOIN observations_score s USING (admission_id)"
            " WHERE r.measured_at >= %s AND r.measured_at < %s"
        ),
        "SELECT 1 FROM observations_score WHERE measured_at >= now() AND measured_at < %s",
        (
            "SELECT 1 FROM observations_score"
            " WHERE measured_at >= %s - interval '1 day' AND measured_at < %s"
        ),
        "UPDATE observations_reading SET error = true WHERE device_id = %s",
        'DELETE FROM "observations_score" WHERE "admission_id" = %s',
        (
            "PREPARE one AS SELECT 1 FROM observations_score"
            " WHERE measured_at >= $1 AND measured_at < $2"
        ),
    ],
)
def test_the_inspection_sees_a_query_without_bounds(asked):
    assert bounds.asks(asked)
    assert not bounds.is_bounded(asked)


@pytest.mark.parametrize(
    "asked",
    [
        "SELECT 1 FROM observations_reading WHERE measured_at >= %s AND measured_at < %s",
        'SELECT 1 FROM "observations_reading" WHERE "observations_reading"."measured_at" = %s',
        (
            'SELECT 1 FROM "observations_score" WHERE "observations_score"."measured_at"'
            " BETWEEN %s AND %s"
        ),
        "SELECT 1 FROM observations_score WHERE measured_at > %(a)s AND measured_at <= %(b)s",
        "SELECT 1 FROM observations_readings_of_nobody",
        "SELECT 1 FROM observations_reading_20261121",
    ],
)
def test_the_inspection_lets_a_query_with_bounds_pass(asked):
    assert bounds.is_bounded(asked)


def test_the_inspection_sees_what_the_house_asks_and_not_what_a_test_asks(db, send, hub):
    assert not Reading.objects.exists()
    assert bounds.unbounded == []
    asked = []
    with bounds.watching(lambda _cursor, sql, _params: asked.append(sql)):
        Reading.objects.count()
        assert asked == []
        send(make_set(hub, NOW))
    assert asked
