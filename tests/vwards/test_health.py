"""What /livez, /readyz and /metrics say, and to whom."""

import pytest
import redis
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone

from observations.storage import partitions
from vwards import health

CLOSED = "redis://127.0.0.1:1/0"


@pytest.fixture
def no_beat(valkey):
    valkey.delete(health.HEARTBEAT_KEY)


def test_livez_answers_without_any_server(client, monkeypatch):
    monkeypatch.setattr(settings, "REDIS_URL", CLOSED)
    assert client.get("/livez").json() == {"status": "alive"}


@pytest.mark.django_db
def test_readyz_is_ready_and_only_warns_of_a_silent_beat(client, no_beat):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["beat"] == "never"
    assert set(answer.json()["checks"].values()) == {"ok"}


@pytest.mark.django_db
def test_readyz_tells_a_fresh_beat(client, no_beat):
    health.beat()
    assert client.get("/readyz").json()["beat"] == "ok"


@pytest.mark.django_db
def test_readyz_is_not_ready_without_redis(client, monkeypatch):
    monkeypatch.setattr(settings, "REDIS_URL", CLOSED)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["redis"] == "failing: ConnectionError"
    assert answer.json()["beat"] == "unknown"


@pytest.mark.django_db
def test_readyz_is_not_ready_with_a_migration_missing(client, monkeypatch, django_db_blocker):
    monkeypatch.setattr(health, "_migrated", False)
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="rounds").delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "failing: MigrationsMissingError"


@pytest.mark.parametrize("address", ["/livez", "/readyz", "/metrics"])
def test_health_addresses_refuse_a_post(client, address):
    assert client.post(address).status_code == 405


@pytest.mark.django_db
def test_metrics_are_for_this_machine(client):
    assert b"python_info" in client.get("/metrics").content
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 404


@pytest.mark.django_db
def test_metrics_with_a_token_are_for_whoever_has_it(client, settings):
    settings.METRICS_TOKEN = "let-me"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    answer = client.get(
        "/metrics", headers={"Authorization": "Bearer let-me"}, REMOTE_ADDR="10.0.0.9"
    )
    assert answer.status_code == 200


@pytest.mark.django_db
def test_the_horizon_of_partitions_is_a_metric_and_a_short_one_a_warning(client, monkeypatch):
    monkeypatch.setattr(partitions, "_known", {})
    partitions.ensure_ahead(timezone.now())
    assert b"vwards_partition_days_ahead 7.0" in client.get("/metrics").content
    assert client.get("/readyz").json()["partitions"] == "ok"
    monkeypatch.setattr(partitions, "days_ahead", lambda _at: 2)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["partitions"] == "low: 2 days ahead"


@pytest.mark.django_db
def test_metrics_answer_without_the_database(client, monkeypatch):
    def away(_table):
        raise OperationalError

    monkeypatch.setattr(partitions, "attached", away)
    told = client.get("/metrics").content
    assert b"python_info" in told
    assert b"vwards_partition_days_ahead" not in told
    assert client.get("/readyz").json()["partitions"] == "unknown"


def test_the_heartbeat_is_a_real_key(no_beat, valkey: redis.Redis):
    health.beat()
    assert valkey.ttl(health.HEARTBEAT_KEY) > 0
