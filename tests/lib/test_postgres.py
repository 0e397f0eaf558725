"""A connection that the server has closed is noticed before anything is asked of it."""

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from lib.postgres.base import DatabaseWrapper


@pytest.fixture
def kept(transactional_db):
    """A connection as a request finds it: used before, and to be looked at."""
    one = connections["default"]
    assert isinstance(one, DatabaseWrapper)
    one.ensure_connection()
    _request(one)
    yield one
    one.close()


def _request(one):
    """As when a request begins; tests keep no connection for the next, and look at none."""
    vars(one).update(health_check_enabled=True, health_check_done=False)


def _backend():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def test_a_living_connection_is_used_without_a_question(kept):
    driver = kept.connection
    with CaptureQueriesContext(kept) as asked:
        first = _backend()
    assert kept.connection is driver
    assert len(asked) == 1
    assert first == driver.info.backend_pid


def test_a_connection_that_was_ended_by_the_server_is_made_anew(kept):
    gone = kept.connection.info.backend_pid
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [gone])
            assert cursor.fetchone()[0]
    finally:
        other.close()
    assert _backend() != gone


def test_a_connection_that_only_had_news_is_kept(kept):
    """A parameter that a reload changed, or a notification, says nothing of an end."""
    driver = kept.connection
    with kept.cursor() as cursor:
        cursor.execute("LISTEN news")
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("NOTIFY news")
    finally:
        other.close()
    _request(kept)
    assert _backend() == driver.info.backend_pid
    assert kept.connection is driver


def test_a_closed_connection_is_of_no_use(kept):
    kept.connection.close()
    assert not kept.is_usable()
