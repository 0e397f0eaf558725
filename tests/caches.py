"""Forgets what this process's tests have cached, and nothing of anybody else."""

import redis
from django.conf import settings

# Read once: a test may put settings of its own in their place.
SERVER = settings.REDIS_URL
OURS = f"{settings.CACHES['default']['KEY_PREFIX']}:1:*"


def forget() -> None:
    """Not `cache.clear()`: that flushes the whole server, with the counters and the queued work of
    every test that runs beside this one."""
    with redis.Redis.from_url(SERVER) as server:
        keys = list(server.scan_iter(match=OURS, count=1000))
        if keys:
            server.delete(*keys)
