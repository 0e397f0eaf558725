"""A thread beside the requests: wakes the worker, and counts what each key has sent.

Publishing to a dead broker takes 0.6 s and to a hung one 20, so no request ever does it. The
thread sends at most one wake-up in 100 ms; beat sweeps anyway, so a lost one costs a second.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import redis
from django.conf import settings

PAUSE: Final = 0.1
MINUTE: Final = 60
# After a failure Redis is left alone for this long.
REST: Final = 5.0


class Wakeups:
    """One a process; starts its thread with the first upload, and again after a fork."""

    def __init__(self, send: Callable[[], object]) -> None:
        self._send = send
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._pid = 0
        self._unsaid: Counter[int] = Counter()
        # On its way to Redis: it counts as sent until it is among what was told.
        self._saying: Counter[int] = Counter()
        self._told: dict[int, int] = {}
        self._minute = 0
        self._redis: redis.Redis | None = None

    def accepted(self, gateway_id: int, readings: int) -> None:
        """Something is waiting. Costs a request no more than a dictionary."""
        with self._lock:
            self._begin_minute()
            self._unsaid[gateway_id] += readings
        self._wanted.set()
        if self._pid != os.getpid():
            self._start()

    def sent_this_minute(self, gateway_id: int) -> int:
        """By this gateway to all processes, as far as this one knows: open while Redis is away."""
        with self._lock:
            self._begin_minute()
            unknown = self._unsaid[gateway_id] + self._saying[gateway_id]
            return self._told.get(gateway_id, 0) + unknown

    def _begin_minute(self) -> None:
        """What was not said in its minute counts in no other, however long Redis is away."""
        if self._minute != _minute():
            self._minute, self._told = _minute(), {}
            self._unsaid, self._saying = Counter(), Counter()

    def _start(self) -> None:
        with self._lock:
            if self._pid == os.getpid():
                return
            self._pid = os.getpid()
        threading.Thread(target=self._run, name="wakeups", daemon=True).start()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            self._tick()
            time.sleep(PAUSE)

    def _tick(self) -> None:
        # Whatever Redis or the broker does, the next beat finds the inbox.
        try:
            self._send()
            self._count()
        except Exception:  # noqa: BLE001 — kombu, redis-py and sockets each raise their own
            self._redis = None
            time.sleep(REST)

    def _count(self) -> None:
        with self._lock:
            self._begin_minute()
            said, minute = self._unsaid, self._minute
            self._saying, self._unsaid = said, Counter()
        try:
            totals = self._tell(said, minute)
        except Exception:
            self._said(minute, {}, again=said)
            raise
        self._said(minute, totals)

    def _said(self, minute: int, totals: dict[int, int], again: Counter[int] | None = None) -> None:
        """Redis has told the whole of it, or it is to be said again."""
        with self._lock:
            if self._minute == minute:
                self._told |= totals
                self._unsaid += again or Counter()
                self._saying = Counter()

    def _tell(self, said: Counter[int], minute: int) -> dict[int, int]:
        pipe = self._connection().pipeline(transaction=False)
        for gateway_id, readings in said.items():
            key = f"{settings.REDIS_KEY_PREFIX}:sent:{gateway_id}:{minute}"
            pipe.incrby(key, readings)
            pipe.expire(key, 2 * MINUTE)
        return dict(zip(said, pipe.execute()[::2], strict=True))

    def _connection(self) -> redis.Redis:
        if self._redis is None:
            self._redis = redis.Redis.from_url(
                settings.REDIS_URL,
                socket_timeout=settings.REDIS_TIMEOUT_SECONDS,
                socket_connect_timeout=settings.REDIS_TIMEOUT_SECONDS,
            )
        return self._redis


def _minute() -> int:
    return int(time.time()) // MINUTE


def _wake_worker() -> None:
    from celery import current_app

    options: dict[str, Any] = {"retry": False, "expires": 10, "ignore_result": True}
    current_app.send_task("observations.tasks.drain_inbox", **options)


wakeups: Final = Wakeups(_wake_worker)


def accepted(gateway_id: int, readings: int) -> None:
    with contextlib.suppress(RuntimeError):  # no new thread while the interpreter shuts down
        wakeups.accepted(gateway_id, readings)


def sent_this_minute(gateway_id: int) -> int:
    return wakeups.sent_this_minute(gateway_id)
