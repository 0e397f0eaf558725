"""POST /api/v1/readings/: what is accepted, what is refused, and who is told so."""

import datetime as dt
import gzip
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from observations import limits
from observations.actions.keys import revoke_key, rotate_key
from observations.api import entrance
from observations.intake import inbox, keeping, pressure
from observations.models import DeviceKey, Inbox
from tests.observations.factories import (
    body_of,
    make_gateway,
    make_key,
    make_set,
    reading,
)
from tests.observations.ways import WAYS, Here

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
TAKEN: dict[str, Callable[..., Any]] = {}


@pytest.fixture
def any_key(db) -> str:
    return make_key(make_gateway())


@pytest.fixture(autouse=True, params=WAYS)
def way(request, monkeypatch):
    """Each test goes both ways."""
    monkeypatch.setattr(entrance, "together", Here())
    monkeypatch.setitem(TAKEN, "way", WAYS[request.param])
    pressure.forget()
    yield
    pressure.forget()


def send(key: str, body: bytes, **headers: str):
    return TAKEN["way"](key, body, **headers)


def test_an_upload_is_kept_as_it_came_before_it_is_answered(any_key):
    body = body_of([reading("H-1", "spo2", 97, timezone.now())])
    answer = send(any_key, body)
    assert answer.status_code == 202
    kept = Inbox.objects.get(receipt=answer.json()["receipt"])
    assert bytes(kept.body) == body
    assert answer.json()["received"] == kept.count == 1


def test_an_empty_list_is_a_heartbeat(any_key):
    assert send(any_key, b'{"readings": []}').json()["received"] == 0


@pytest.mark.parametrize(
    "body",
    [
        b" ",
        b"{",
        b"[]",
        b"null",
        b'{"readings": {}}',
        b'{"readings": null}',
        b"{}",
        b'{"readings": []} x',
        b'{"readings": [{"value": NaN}]}',
        b'{"readings": [{"value": Infinity}]}',
        b'{"readings": ["\\ud800"]}',
        b'{"readings": [], "note": "\\udfff"}',
        b'{"readings": [], "note": "\xff"}',
        b'\xef\xbb\xbf{"readings": []}',
        b'{"readings": [01]}',
        b'{"readings": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
)
def test_only_a_body_that_is_no_upload_in_json_is_refused_whole(any_key, body):
    answer = send(any_key, body)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert not Inbox.objects.exists()


@pytest.mark.parametrize(
    "inside",
    [
        b"1e400",
        b"123456789" * 600,
        b'"a\\u0000b"',
        b"true",
        b"null",
        b"[]",
        b'{"id": "\\u0000", "value": 1e400}',
    ],
)
def test_whatever_is_wrong_inside_a_reading_is_that_readings_own_outcome(any_key, inside):
    assert send(any_key, b'{"readings": [' + inside + b"]}").status_code == 202


@pytest.mark.parametrize("key", ["", "vw_nobody_nothing", "\u00e9"])
def test_an_unknown_key_is_told_before_anything_else(db, key):
    for body in (b"nonsense", b"x" * (limits.MAX_BODY + 1), b'{"readings": []}'):
        answer = send(key, body)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
    assert send(key, b"x", **{"Content-Encoding": "br"}).status_code == 401


def test_an_expired_key_is_unknown(db):
    key = make_key(make_gateway(), expires_at=timezone.now() - HOUR)
    assert send(key, b'{"readings": []}').status_code == 401


def test_a_revoked_key_is_unknown_from_the_next_upload_on(any_key):
    assert send(any_key, b'{"readings": []}').status_code == 202
    revoke_key(key=DeviceKey.objects.get(), by=None)
    assert send(any_key, b'{"readings": []}').status_code == 401


def test_after_a_rotation_both_keys_hold_for_a_while(any_key):
    old = DeviceKey.objects.get()
    fresh = rotate_key(key=old, by=None, both_hold_for=HOUR)
    assert {send(key, b'{"readings": []}').status_code for key in (any_key, fresh)} == {202}
    later = timezone.now() + 2 * HOUR
    with pytest.raises(inbox.RefusedError):
        inbox.accept(key=any_key, body=b'{"readings": []}', at=later)
    assert inbox.accept(key=fresh, body=b'{"readings": []}', at=later)


def test_only_a_hash_of_a_key_is_kept(any_key):
    kept = DeviceKey.objects.get()
    secret = any_key.rpartition("_")[2]
    assert secret.encode() not in bytes(kept.digest)
    assert any_key.startswith(f"vw_{kept.prefix}_")


def test_a_body_over_the_limit_is_refused_before_it_is_read(any_key):
    assert send(any_key, b" " * (limits.MAX_BODY + 1)).status_code == 413


def test_a_body_that_is_longer_than_it_said_is_refused():
    from django.http import HttpRequest

    from observations.api.bodies import body_of as read_body

    request = HttpRequest()
    request.META = {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": ""}
    request.content_type = "application/json"
    vars(request)["_stream"] = io.BytesIO(b" " * (limits.MAX_BODY + 2))
    with pytest.raises(inbox.RefusedError) as refused:
        read_body(request)
    assert refused.value.status == 413


def test_more_than_a_thousand_readings_are_refused(any_key):
    body = json.dumps({"readings": [1] * (limits.MAX_READINGS + 1)}).encode()
    assert send(any_key, body).status_code == 413


def test_gzip_is_understood_and_a_bomb_is_refused(any_key):
    zipped = gzip.compress(b'{"readings": []}')
    assert send(any_key, zipped, **{"Content-Encoding": "gzip"}).status_code == 202
    bomb = gzip.compress(b" " * (20 * limits.MAX_BODY))
    assert len(bomb) < limits.MAX_BODY
    assert send(any_key, bomb, **{"Content-Encoding": "gzip"}).status_code == 413
    # What follows the first of two would be lost without a word.
    for broken in (b"no gzip", zipped[:-4], zipped + zipped, zipped + b"more"):
        assert send(any_key, broken, **{"Content-Encoding": "gzip"}).status_code == 400


def test_only_json_is_taken(any_key):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert send(any_key, b"readings=1", **form).status_code == 415
    assert send(any_key, b"{}", **{"Content-Encoding": "br"}).status_code == 415


def test_only_post_is_taken(any_key):
    answer = Client().get("/api/v1/readings/", headers={"Authorization": f"Bearer {any_key}"})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_a_full_inbox_refuses_what_it_cannot_keep(any_key, settings):
    settings.INBOX_LIMIT = 1
    assert send(any_key, b'{"readings": []}').status_code == 202
    pressure.forget()
    answer = send(any_key, b'{"readings": []}')
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert send("vw_nobody_nothing", b'{"readings": []}').status_code == 401
    assert Inbox.objects.count() == 1


def test_a_database_that_is_away_asks_the_sender_to_come_again(any_key, monkeypatch):
    def gone(_uploads):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(keeping, "keep", gone)
    answer = send(any_key, b'{"readings": []}')
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert int(answer["Retry-After"]) > 0


def test_a_key_that_sends_too_much_is_told_to_slow_down(any_key, settings):
    settings.KEY_READINGS_A_MINUTE = 7
    body = body_of(make_set("H-1", timezone.now()))
    assert send(any_key, body).status_code == 202
    answer = send(any_key, body)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert Inbox.objects.count() == 1
    revoke_key(key=DeviceKey.objects.get(), by=None)
    assert send(any_key, body).status_code == 401


def test_heartbeats_without_end_are_too_much_too(any_key, settings):
    settings.KEY_READINGS_A_MINUTE = 3
    told = [send(any_key, b'{"readings": []}').status_code for _ in range(5)]
    assert told == [202, 202, 202, 429, 429]


def test_a_replayed_buffer_waits_in_the_slower_lane(any_key):
    now = timezone.now()
    for age in (dt.timedelta(minutes=14), dt.timedelta(minutes=16)):
        inbox.accept(key=any_key, body=body_of([reading("H", "spo2", 97, now - age)]), at=now)
    assert list(Inbox.objects.order_by("id").values_list("replayed", flat=True)) == [False, True]


def test_the_limits_are_open_to_everybody(db):
    told = Client().get("/api/v1/limits/").json()
    assert told["readings_per_upload"] == 1000
    spo2 = next(kind for kind in told["kinds"] if kind["kind"] == "spo2")
    assert (spo2["unit"], spo2["low"], spo2["high"]) == ("%", 30, 100)


def test_the_command_registers_a_gateway_and_prints_a_key_that_works(ward_nurse, admission):
    out = io.StringIO()
    code = admission.ward.lead_provider.code
    given = {"supplier": "Spirit Health", "gateway": "main", "provider": [code], "stdout": out}
    call_command("issue_device_key", **given)
    call_command("issue_device_key", **given)
    first, second = out.getvalue().split()
    assert first != second
    assert send(first, b'{"readings": []}').status_code == 202
    with pytest.raises(CommandError, match="XX9"):
        call_command("issue_device_key", **given | {"provider": ["XX9"]})
