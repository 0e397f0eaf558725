"""Statements that a connection plans once, and what happens when it is another connection."""

import datetime as dt

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from lib.prepared import Statement

TOMORROW = Statement("tomorrow", "SELECT %(day)s + %(days)s, %(days)s", day="date", days="integer")
GIVEN = {"day": dt.date(2023, 12, 14), "days": 1}
FOUND = [(dt.date(2023, 12, 15), 1)]


def _asked():
    with CaptureQueriesContext(connection) as asked:
        assert TOMORROW.rows(GIVEN) == FOUND
    return [query["sql"].partition(" ")[0] for query in asked]


def _plans():
    """When this very connection made its plan."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prepare_time FROM pg_prepared_statements WHERE name = 'tomorrow'")
        return cursor.fetchall()


@pytest.mark.django_db(transaction=True)
def test_each_connection_prepares_once():
    connection.close()
    assert _plans() == []
    assert _asked() == ["EXECUTE"]
    (made,) = _plans()
    assert _asked() == ["EXECUTE"]
    assert _plans() == [made]
    connection.close()
    assert _plans() == []
    assert _asked() == ["EXECUTE"]


@pytest.mark.django_db(transaction=True)
def test_it_is_planned_once_and_for_any_values():
    connection.close()
    _asked()
    _asked()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name = 'tomorrow'"
        )
        assert cursor.fetchall() == [(2, 0)]


@pytest.mark.django_db
def test_behind_a_pooler_nothing_is_prepared(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    assert _asked() == ["SELECT"]


@pytest.mark.django_db
def test_what_cannot_be_prepared_fails_as_any_statement_does():
    with pytest.raises(ProgrammingError), transaction.atomic():
        Statement("nowhere", "SELECT %(n)s FROM no_such_table", n="integer").rows({"n": 1})
