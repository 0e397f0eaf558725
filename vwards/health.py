"""Whether it lives, whether it is ready, and what it measures."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from hmac import compare_digest

import redis
from celery import shared_task
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    generate_latest,
    multiprocess,
)

from observations.storage import partitions
from vwards.gauges import FROM_DATABASE
from vwards.schedule import HEARTBEAT_SECONDS

LOOPBACK = {"127.0.0.1", "::1"}
HEARTBEAT_KEY = f"{settings.REDIS_KEY_PREFIX}:beat:last"
# With fewer days ahead the keeper has not worked for most of a week; the drain then makes its own.
ENOUGH_DAYS_AHEAD = 3
_migrated = False


@shared_task(name="vwards.health.beat", ignore_result=True)
def beat() -> None:
    """Proves that beat, broker and a worker are all running."""
    now = datetime.now(UTC).isoformat()
    _redis().set(HEARTBEAT_KEY, now, ex=HEARTBEAT_SECONDS * 60)


@require_safe
@never_cache
def livez(_request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "alive"})


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """200 when the database, Redis and the schema are there; a silent beat and a short horizon of
    partitions only warn."""
    checks = {name: _outcome(check) for name, check in CHECKS.items()}
    ready = all(outcome == "ok" for outcome in checks.values())
    body = {
        "status": "ready" if ready else "not ready",
        "checks": checks,
        "beat": beat_state(),
        "partitions": partitions_state(),
    }
    return JsonResponse(body, status=200 if ready else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_read_metrics(request):
        return HttpResponse(status=404)
    told = generate_latest(_registry()) + generate_latest(FROM_DATABASE)
    return HttpResponse(told, content_type=CONTENT_TYPE_LATEST)


def _registry() -> CollectorRegistry:
    """All web processes' figures where they share a folder, else this one's."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    shared = CollectorRegistry()
    multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]  # it has no types
    return shared


def _may_read_metrics(request: HttpRequest) -> bool:
    """With a token set, whoever has it; without one, this machine only, and no proxy between."""
    if settings.METRICS_TOKEN:
        sent = request.headers.get("Authorization", "")
        return compare_digest(sent.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    forwarded = "X-Forwarded-For" in request.headers
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not forwarded


def _outcome(check: Callable[[], None]) -> str:
    """The kind of failure only: a message might name hosts or users."""
    try:
        check()
    except Exception as error:  # noqa: BLE001 — whatever is wrong, the answer is "not ready"
        return f"failing: {type(error).__name__}"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _redis_answers() -> None:
    _redis().ping()


def _migrations() -> None:
    """Asked until once true: a running release never loses its migrations."""
    global _migrated
    if _migrated:
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise MigrationsMissingError
    _migrated = True


def beat_state() -> str:
    try:
        last = _redis().get(HEARTBEAT_KEY)
    except redis.RedisError:
        return "unknown"
    if not isinstance(last, bytes):
        return "never"
    age = datetime.now(UTC) - datetime.fromisoformat(last.decode())
    return "ok" if age.total_seconds() < HEARTBEAT_SECONDS * 3 else "late"


def partitions_state() -> str:
    try:
        days = partitions.days_ahead(datetime.now(UTC))
    except DatabaseError:
        return "unknown"
    return "ok" if days >= ENOUGH_DAYS_AHEAD else f"low: {days} days ahead"


def _redis() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=settings.REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=settings.REDIS_TIMEOUT_SECONDS,
    )


class MigrationsMissingError(Exception):
    """The code is newer than the database."""


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "redis": _redis_answers,
    "migrations": _migrations,
}
