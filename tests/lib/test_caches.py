"""A cache that is down is a cache that misses."""

import pytest
from django.core.cache import cache, caches

from lib.caches import ForgivingRedisCache


@pytest.fixture
def dead() -> ForgivingRedisCache:
    """Nothing listens on port 1."""
    return ForgivingRedisCache("redis://127.0.0.1:1/0", {})


def test_a_dead_redis_misses_and_forgets(dead: ForgivingRedisCache):
    dead.set("key", 1)
    assert dead.get("key", "default") == "default"
    assert dead.delete("key") is False


def test_a_lock_in_a_dead_redis_keeps_nobody_out(dead: ForgivingRedisCache):
    assert dead.add("lock", 1) is True


def test_a_living_one_keeps_what_it_was_given():
    assert isinstance(caches["default"], ForgivingRedisCache)
    cache.set("key", 1)
    assert cache.get("key") == 1
    assert cache.add("key", 2) is False
    assert cache.delete("key") is True
    assert cache.get("key") is None
