"""Any shuffle, doubling, delay, splitting and interleaving of a day's uploads, across kit that
changes hands, a discharge and retractions, with two workers at once, ends like a calm day; and
what rang is what the recorded batches ring when they are replayed."""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tests.observations.properties.arrivals import (
    CUSTODY,
    Crew,
    arrive,
    calm,
    replay,
    storm,
)
from tests.observations.properties.days import Day, days
from tests.observations.properties.worlds import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def crew() -> Iterator[Crew]:
    crew = Crew()
    yield crew
    crew.close()


def live(day: Day, custody: str, delay: int, seed: int, crew: Crew) -> None:
    rnd = random.Random(seed)
    first = World()
    calm(first, day)
    expected = first.state()
    first.retire()
    second = World()
    with capture_logs() as logs:
        recorded = arrive(second, storm(day, custody, delay, rnd), rnd, crew)
    told, rang = second.state(), second.bells()
    note(f"{day}, {custody} by {delay} minutes, {seed}")
    second.retire()
    for name, wanted in expected.items():
        assert differing(told[name], wanted) == [], name
    third = World()
    replay(third, recorded)
    again = third.bells()
    third.retire()
    assert differing(again, rang) == []
    assert [line for line in logs if line["log_level"] in ("error", "critical")] == []


def test_a_day_ends_the_same_however_it_arrives(crew, long_form):
    examples, most = (400, 40) if long_form else (5, 16)

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=not long_form,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if long_form else [])],
    )
    @given(
        day=days(most=most),
        custody=st.sampled_from(CUSTODY),
        delay=st.sampled_from([0, 30, 240, 900]),
        seed=st.integers(0, 2**32),
    )
    def any_day(day: Day, custody: str, delay: int, seed: int) -> None:
        live(day, custody, delay, seed, crew)

    before = deadlocks()
    any_day()
    assert deadlocks() == before


def differing(found: list[Any], wanted: list[Any]) -> list[Any]:
    """What one has more often than the other: a day's rows would fill a screen."""
    more, fewer = Counter(map(repr, found)), Counter(map(repr, wanted))
    return [f"more: {one}" for one in more - fewer] + [f"fewer: {one}" for one in fewer - more]


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
