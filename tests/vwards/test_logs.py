"""Logs are one JSON line an event in production."""

import io
import json
import logging
import logging.config

import pytest
import structlog
from django.db import DatabaseError, connection, transaction

from vwards.logs import logging_config, without_starts


@pytest.fixture
def lines():
    """A handler of production's shape that writes where the test can read."""
    config = logging_config(level="INFO", as_json=True)
    factory = logging.config.DictConfigurator(config)
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(factory.configure_formatter(config["formatters"]["events"]))
    log = logging.getLogger("wards-of-the-test")
    log.addHandler(handler)
    log.setLevel("INFO")
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    log.removeHandler(handler)


def test_an_event_is_one_line_with_its_time_and_level(lines):
    structlog.get_logger("wards-of-the-test").info("bed-taken", bed="12")
    (event,) = lines()
    assert (event["event"], event["bed"], event["level"]) == ("bed-taken", "12", "info")
    assert event["timestamp"].endswith("Z")


def test_an_exception_stays_inside_its_line(lines):
    try:
        raise ValueError("no such bed")
    except ValueError:
        logging.getLogger("wards-of-the-test").exception("failed")
    (event,) = lines()
    assert "ValueError: no such bed" in event["exception"]


REFUSED = [
    ("SELECT '{\"patient\": 9990000018 NaN}'::jsonb", "22P02"),
    ("SELECT '9990000018'::smallint", "22003"),
    ("ALTER TABLE t ADD CONSTRAINT only_small CHECK (patient < 5)", "23514 only_small"),
    ("SELECT 1 FROM nowhere WHERE patient = 9990000018", '42P01 relation "nowhere" does not exist'),
]


@pytest.mark.parametrize(("statement", "told"), REFUSED)
def test_what_a_database_would_not_take_is_not_quoted(db, lines, statement, told):
    """PostgreSQL quotes the row that it refuses; a log is no place for a patient."""
    with transaction.atomic():
        try:
            with connection.cursor() as cursor:
                cursor.execute("CREATE TEMP TABLE t AS SELECT 9990000018 AS patient")
                cursor.execute(statement)
        except DatabaseError:
            logging.getLogger("wards-of-the-test").exception("failed")
        transaction.set_rollback(True)
    (event,) = lines()
    assert "9990000018" not in event["exception"]
    assert event["exception"].count(told) == 2  # Django's error, and its cause


def test_what_is_looked_for_stands_in_no_log(ward_nurse, signed_in, caplog):
    """By the middleware itself: django-structlog logs an address with all that is behind it."""
    with caplog.at_level(logging.INFO, logger="django_structlog"):
        signed_in(ward_nurse).get("/patients/", {"q": "9990000107"})
    said = " ".join(str(record.msg) for record in caplog.records)
    assert "request_finished" in said
    assert "GET /patients/" in said
    assert "9990000107" not in said


def test_a_request_is_logged_once():
    with pytest.raises(structlog.DropEvent):
        without_starts(None, "info", {"event": "request_started"})
    assert without_starts(None, "info", {"event": "request_finished"})
