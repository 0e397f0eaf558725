"""Statements that a connection plans once, and what happens when it is another connection."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lib.prepared import Statement

TOMORROW = Statement("tomorrow", "SELECT %(day)s + %(days)s, %(days)s", day="date", days="integer")
GIVEN = {"day": dt.date(2023, 12, 14), "days": 1}
FOUND = [(dt.date(2023, 12, 15), 1)]


def _asked():
    with CaptureQueriesContext(connection) as asked:
        assert TOMORROW.rows(GIVEN) == FOUND
    return [query["sql"].partition(" ")[0] for query in asked]


@pytest.mark.django_db(transaction=True)
def test_each_connection_prepares_once():
    connection.close()
    assert _asked() == ["PREPARE", "EXECUTE"]
    assert _asked() == ["EXECUTE"]
    connection.close()
    assert _asked() == ["PREPARE", "EXECUTE"]


@pytest.mark.django_db
def test_behind_a_pooler_nothing_is_prepared(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    assert _asked() == ["SELECT"]
