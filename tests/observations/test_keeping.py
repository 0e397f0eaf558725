"""Uploads become rows as they came, however many go into one statement."""

import datetime as dt
from weakref import WeakSet

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.ids import uuid7
from observations.actions.keys import digest_of
from observations.intake import inbox, keeping
from observations.intake.keeping import Upload
from observations.models import DeviceKey, Gateway, Inbox
from tests.observations.conftest import NOW
from tests.observations.factories import make_gateway, make_key

pytestmark = pytest.mark.django_db
TABLE = Inbox._meta.db_table
KEPT = ("receipt", "received_at", "sent_at", "newest_at", "count", "body")
moments = st.datetimes(timezones=st.just(dt.UTC))


@pytest.fixture
def key() -> str:
    return make_key(make_gateway())


@given(data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_may_stand_in_an_upload_is_kept_to_the_byte(key, data):
    uploads = [
        Upload(uuid7(), digest_of(key), NOW, sent_at, newest_at, number, body)
        for sent_at, newest_at, number, body in data.draw(
            st.lists(
                st.tuples(
                    st.none() | moments,
                    moments,
                    st.integers(0, 1000),
                    st.binary(min_size=1, max_size=80),
                ),
                min_size=1,
                max_size=5,
            )
        )
    ]
    assert None not in keeping.keep(uploads)
    rows = Inbox.objects.filter(receipt__in=[one.receipt for one in uploads]).order_by("receipt")
    kept = [(*row[:5], bytes(row[5])) for row in rows.values_list(*KEPT)]
    wanted = [(one.receipt, *one[2:]) for one in sorted(uploads, key=lambda one: one.receipt)]
    assert kept == wanted


def test_each_row_is_its_own_keys(key):
    other = make_key(make_gateway())
    ours = [(key, b"1"), ("vw_nobody", b"2"), (other, b"3"), (key, b"4")]
    uploads = [Upload(uuid7(), digest_of(by), NOW, None, NOW, 0, body) for by, body in ours]
    first, second = Gateway.objects.order_by("pk").values_list("pk", flat=True)
    assert keeping.keep(uploads) == [first, None, second, first]
    keys = dict(DeviceKey.objects.values_list("gateway_id", "pk"))
    rows = Inbox.objects.order_by("receipt").values_list("gateway_id", "key_id")
    assert list(rows) == [(one, keys[one]) for one in (first, second, first)]


def test_behind_a_pooler_no_statement_is_remembered(key, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    monkeypatch.setattr(keeping, "_PREPARE", "SELECT of nothing that could be prepared")
    monkeypatch.setattr(keeping, "_prepared", WeakSet())
    accepted = inbox.accept(key=key, body=b'{"readings": []}', at=NOW)
    assert Inbox.objects.get().receipt == accepted.receipt


def test_a_connection_that_lives_long_prepares_once(key, django_assert_num_queries):
    inbox.accept(key=key, body=b'{"readings": []}', at=NOW)
    with django_assert_num_queries(1):
        inbox.accept(key=key, body=b'{"readings": []}', at=NOW)


def test_a_body_of_the_usual_size_stays_in_its_row_uncompressed(key):
    """Neither work for compressing it nor a second table for what is gone in a second."""
    body = b'{"readings": [' + b" " * 6000 + b"]}"
    inbox.accept(key=key, body=body, at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_column_compression(body) FROM observations_inbox")
        assert cursor.fetchone() == (None,)
        cursor.execute("SELECT reltoastrelid::regclass FROM pg_class WHERE relname = %s", [TABLE])
        (beside,) = cursor.fetchone()
        cursor.execute(f"SELECT count(*) FROM {beside}")
        assert cursor.fetchone() == (0,)
