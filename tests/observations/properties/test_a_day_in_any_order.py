"""Any shuffle, doubling, delay, splitting and interleaving of a day's uploads, across kit that
changes hands, a discharge and retractions, with two workers at once, ends like a calm day; and
what rang is what the recorded batches ring when they are replayed."""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.db import connection
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from observations.draining import drain
from tests.observations.properties.arrivals import (
    CUSTODY,
    Crew,
    Event,
    Sending,
    arrive,
    calm,
    replay,
    storm,
)
from tests.observations.properties.days import NOBODYS, RIGHT, Day, Measured, days
from tests.observations.properties.worlds import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def crew(monkeypatch: pytest.MonkeyPatch) -> Iterator[Crew]:
    crew = Crew()
    # A batch that had to be tried again is one, too: no two workers hinder each other so.
    logger = structlog.wrap_logger(structlog.PrintLogger(), processors=[crew.notes])
    monkeypatch.setattr(drain, "log", logger)
    yield crew
    crew.close()


def live(day: Day, custody: str, delay: int, seed: int, crew: Crew) -> None:
    rnd = random.Random(seed)
    first = World()
    calm(first, day)
    expected = first.state()
    first.retire()
    second = World()
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
    assert crew.failures == []


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


def test_two_workers_that_ring_for_one_sender_ring_in_the_order_of_their_batches(crew):
    world, rnd = World(), random.Random(3)
    alone = {"spo2": (84, "%"), "pulse": (135, "/min"), "respiratory_rate": (26, "/min")}
    sent = [
        Measured(NOBODYS, "", minute, f"{kind}-{minute}", kind, value, unit)
        for minute in range(8)
        for kind, (value, unit) in alone.items()
    ]
    sendings: list[Sending | Event] = [Sending(sent[-1].at, RIGHT, (one,)) for one in sent]
    recorded = arrive(world, sendings, rnd, crew, often=0, limits=[1])
    rang = world.bells()
    world.retire()
    again = World()
    replay(again, recorded)
    assert differing(again.bells(), rang) == []
    assert [bell[3] for bell in rang] == ["opened", "new_parameter", "new_parameter"]
    assert len(recorded.steps) == len(sent)
    assert crew.failures == []


def differing(found: list[Any], wanted: list[Any]) -> list[Any]:
    """What one has more often than the other: a day's rows would fill a screen."""
    more, fewer = Counter(map(repr, found)), Counter(map(repr, wanted))
    return [f"more: {one}" for one in more - fewer] + [f"fewer: {one}" for one in fewer - more]


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
