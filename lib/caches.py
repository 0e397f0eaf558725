"""A Redis cache that is missed, not mourned: while Redis is down, everything is a cache miss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

T = TypeVar("T")
log = structlog.get_logger(__name__)


class ForgivingRedisCache(RedisCache):
    """Nobody is kept from a patient because a cache is down.

    Sign-in limits live here: while Redis is away guesses are not counted, and the log says so.
    """

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return _or_else(
            lambda: super(ForgivingRedisCache, self).get(key, default, version), default
        )

    def set(self, key: str, value: Any, *args: Any, **kwargs: Any) -> None:
        _or_else(lambda: super(ForgivingRedisCache, self).set(key, value, *args, **kwargs), None)

    def add(self, key: str, value: Any, *args: Any, **kwargs: Any) -> bool:
        """True without Redis: a lock that nobody can hold keeps nobody out."""
        return _or_else(
            lambda: super(ForgivingRedisCache, self).add(key, value, *args, **kwargs), instead=True
        )

    def delete(self, key: str, version: int | None = None) -> bool:
        return _or_else(
            lambda: super(ForgivingRedisCache, self).delete(key, version), instead=False
        )


def _or_else(ask: Callable[[], T], instead: T) -> T:
    try:
        return ask()
    except RedisError as broken:
        log.warning("cache_unavailable", error=type(broken).__name__)
        return instead
