"""What every test may use: this run's servers, a real worker, a real browser."""

import pytest
import redis
from django.conf import settings

from tests.caches import forget

pytest_plugins = [
    "tests.bounds",
    "tests.workers",
    "tests.browser",
    "tests.cast",
    "tests.matrix.registry",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="the long form of tests that have one")


@pytest.fixture(scope="session")
def long_form(request: pytest.FixtureRequest) -> bool:
    """Whether tests that have a short form, always on, run their long one: PYTEST=--long."""
    return bool(request.config.getoption("--long"))


@pytest.fixture(autouse=True)
def _clean_cache(request: pytest.FixtureRequest):
    """Login limits and the like must not reach from one test into the next."""
    yield
    if {"db", "transactional_db", "client"} & set(request.fixturenames):
        forget()


@pytest.fixture
def valkey() -> redis.Redis:
    """This run's Valkey, as the code under test sees it."""
    return redis.Redis.from_url(settings.REDIS_URL)
