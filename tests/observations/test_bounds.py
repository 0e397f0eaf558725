"""Whatever asks the partitioned tables passes both bounds as values, or it reads every day."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from observations.actions.readings import strike_readings
from observations.amends.corrections import Key
from observations.models import Reading
from tests.observations.conftest import NOW
from tests.observations.factories import make_set, reading
from tests.observations.test_api import HOUR, address

PARTITIONED = re.compile(r"\bobservations_(reading|score)\b")
ASKS = re.compile(r"^\s*(SELECT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)


def unbounded(queries: list[dict[str, str]]) -> Iterator[str]:
    for query in queries:
        sql = query["sql"]
        if not ASKS.match(sql) or not PARTITIONED.search(sql) or "TEMP TABLE" in sql:
            continue
        lower = re.search(r"measured_at\"?\s*(>=|>|=)\s*'", sql)
        upper = re.search(r"measured_at\"?\s*(<=|<|=)\s*'", sql)
        if not (lower and upper) or "now()" in sql:
            yield sql


@pytest.fixture
def asked() -> Iterator[CaptureQueriesContext]:
    with CaptureQueriesContext(connection) as queries:
        yield queries


def test_storing_judging_and_reading_back_never_ask_without_bounds(
    send, hub, admission, ward_nurse, signed_in, asked
):
    send(make_set(hub, NOW - HOUR, spo2=84))
    send(make_set(hub, NOW, pulse=120))
    send([reading(hub, "pulse", 72, NOW - 2 * HOUR)])
    assert signed_in(ward_nurse).get(address(admission)).status_code == 200
    asked_of_parts = [q for q in asked.captured_queries if PARTITIONED.search(q["sql"])]
    assert len(asked_of_parts) > 5
    assert list(unbounded(asked.captured_queries)) == []


def test_corrections_never_ask_without_bounds(send, hub, admission, ward_nurse):
    send(make_set(hub, NOW, spo2=84))
    row = Reading.objects.filter(kind=2).get()
    key = Key(row.device_id, row.sender_id, row.measured_at, row.admission_id)
    with CaptureQueriesContext(connection) as queries:
        strike_readings(admission=admission, keys=[key], reason="wrong", by=ward_nurse, at=NOW)
    assert list(unbounded(queries.captured_queries)) == []


def test_the_inspection_sees_a_query_without_bounds():
    asks = {"sql": "SELECT number FROM observations_reading WHERE measured_at >= '2026-11-01'"}
    assert list(unbounded([asks])) == [asks["sql"]]
