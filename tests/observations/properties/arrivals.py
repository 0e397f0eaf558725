"""How a day arrives: calmly and in order, or as a storm of late, split, doubled and interleaved
uploads, with custody written down in time or hours later, and two workers at once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from structlog.testing import LogCapture

from observations.alerting import ladders, repeats
from observations.draining import drain
from observations.models import Inbox, Receipt
from observations.storage.batches import next_batch
from observations.watch import deadlines
from tests.observations.conftest import ADMITTED
from tests.observations.properties.days import (
    ADA,
    BEN,
    CY,
    DAY,
    FAST,
    HUB,
    MINUTE,
    START,
    WAYS,
    Day,
    Measured,
)
from tests.observations.properties.worlds import World

SECOND: Final = timedelta(seconds=1)
WORKERS: Final = 2
_PATIENCE: Final = 60.0

IN_TIME, LATE, GIVEN_LATE, CORRECTED = "in time", "late", "given late", "corrected"
CUSTODY: Final = (IN_TIME, LATE, GIVEN_LATE, CORRECTED)


@dataclass(frozen=True)
class Event:
    """Something that people do in the house, and when it is written down."""

    at: datetime
    name: str
    happen: Callable[[World], object]
    # In transactions of its own, so that no number of a batch says when it was.
    alone: bool = False


@dataclass(frozen=True)
class Sending:
    """An upload on its way."""

    at: datetime
    way: str
    readings: tuple[Measured, ...]


@dataclass
class Recorded:
    """What happened in the order in which it took effect: what a replay replays."""

    sent: dict[UUID, Sending] = field(default_factory=dict)
    steps: list[tuple[int, Event | tuple[datetime, list[Sending]]]] = field(default_factory=list)


def happenings(day: Day, custody: str, delay: int) -> list[Event]:
    """The day's events; `delay` is by how many minutes custody is written down late."""
    events = [*_changes_of_hands(day, custody, delay)]
    returned = START + day.returned * MINUTE
    events.append(Event(returned, "Cy's back", lambda w: w.take_back(FAST, at=returned)))
    if day.left is not None:
        left = START + day.left * MINUTE
        events.append(Event(left, "Cy left", lambda w: w.discharge(CY, at=left)))
    events += [_taken_back(one, n) for n, one in enumerate(day.retracted)]
    return sorted(events, key=lambda event: event.at)


def _taken_back(one: Measured, number: int) -> Event:
    at = one.at + 40 * MINUTE + number * SECOND
    return Event(at, f"{one.id} retracted", lambda world: world.retract(one, at=at))


def _changes_of_hands(day: Day, custody: str, delay: int) -> Iterator[Event]:
    ended, began = START + day.handed * MINUTE, START + (day.handed + day.gap) * MINUTE
    late = began + delay * MINUTE
    if custody in (IN_TIME, GIVEN_LATE):
        yield Event(ended, "back", lambda world: world.take_back(HUB, at=ended))
        at = began if custody == IN_TIME else late
        yield Event(at, "given", lambda world: world.give(BEN, starts=began, at=at))
    elif custody == LATE:
        yield _ends(ended, late)
        yield Event(late + SECOND, "given", lambda w: w.give(BEN, starts=began, at=late + SECOND))
    else:
        wrongly = began + 25 * MINUTE
        yield Event(wrongly, "back", lambda world: world.take_back(HUB, at=wrongly))
        yield Event(wrongly, "given", lambda world: world.give(BEN, starts=wrongly, at=wrongly))
        yield _ends(ended, max(late, wrongly + SECOND))
        last = max(late, wrongly + SECOND) + SECOND
        yield Event(last, "began", lambda w: w.correct(BEN, starts=began, ends=None, at=last))


def _ends(ended: datetime, at: datetime) -> Event:
    return Event(at, "ended", lambda w: w.correct(ADA, starts=ADMITTED, ends=ended, at=at))


def calm(world: World, day: Day) -> None:
    """Each set at once, each event at its time, one worker."""
    sendings = [
        Sending(at + 30 * SECOND, way, tuple(some))
        for (at, way), some in _together(day.readings).items()
    ]
    for step in _in_order([*sendings, *happenings(day, IN_TIME, 0)]):
        if isinstance(step, Sending):
            world.accept(step.way, step.readings, step.at)
            drain.drain_all(at=step.at)
        else:
            step.happen(world)


def _together(readings: tuple[Measured, ...]) -> dict[tuple[datetime, str], list[Measured]]:
    sets: dict[tuple[datetime, str], list[Measured]] = {}
    for one in readings:
        sets.setdefault((one.at, WAYS[one.kit][0]), []).append(one)
    return sets


def _in_order(steps: list[Sending | Event]) -> list[Sending | Event]:
    return sorted(steps, key=lambda step: (step.at, isinstance(step, Sending)))


def storm(day: Day, custody: str, delay: int, rnd: random.Random) -> list[Sending | Event]:
    """The same day, arriving anyhow; in the order in which it comes."""
    copies = [*day.readings, *rnd.sample(day.readings, len(day.readings) // 3)]
    rnd.shuffle(copies)
    taken_back = set(day.retracted)
    sendings: list[Sending | Event] = []
    while copies:
        size = rnd.choice([1, 2, 5, 12])
        some, copies = copies[:size], copies[size:]
        by_way: dict[str, list[Measured]] = {}
        for one in some:
            ways = WAYS[one.kit]
            # Nobody takes back what another gateway brought.
            way = ways[0] if one in taken_back else rnd.choice(ways)
            by_way.setdefault(way, []).append(one)
        for way, readings in by_way.items():
            first = max(one.at for one in readings)
            wait_for = rnd.choice([0, 0, 1, 10, 90, 400, 1400])
            sendings.append(Sending(first + wait_for * MINUTE + 30 * SECOND, way, tuple(readings)))
    return _in_order([*sendings, *happenings(day, custody, delay), *_ticks(rnd)])


def _ticks(rnd: random.Random) -> list[Event]:
    """What time alone brings: ladders climb, what goes on rings again."""
    minutes = sorted(rnd.sample(range(0, 2 * DAY, 10), 4))
    return [_tick(START + minute * MINUTE + 45 * SECOND) for minute in minutes]


def _tick(at: datetime) -> Event:
    def happen(_world: World) -> None:
        deadlines.sweep(at=at)
        ladders.climb_due(at=at)
        repeats.ring_due(at=at)

    return Event(at, "tick", happen, alone=True)


class Crew:
    """Workers with connections of their own, on committed data."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS + 1)
        self.notes = LogCapture()

    @property
    def failures(self) -> list[Any]:
        """What the drain could not do at its first try."""
        return [line for line in self.notes.entries if line["log_level"] in ("error", "critical")]

    def drain(self, at: datetime, limits: list[int], meanwhile: Callable[[], None]) -> None:
        """Until nothing waits, all at once, while something else happens."""
        start = Barrier(len(limits) + 1)
        jobs = [self._pool.submit(_drain, start, at, limit) for limit in limits]
        jobs.append(self._pool.submit(_then, start, meanwhile))
        wait(jobs)
        for job in jobs:
            job.result()

    def close(self) -> None:
        ends = Barrier(WORKERS + 1)
        wait([self._pool.submit(_close, ends) for _ in range(WORKERS + 1)])
        self._pool.shutdown()


def _drain(start: Barrier, at: datetime, limit: int) -> None:
    start.wait()
    ends = time.monotonic() + _PATIENCE
    while drain.drain_once(at=at, limit=limit).uploads or Inbox.objects.exists():
        assert time.monotonic() < ends, "the inbox does not empty"


def _then(start: Barrier, meanwhile: Callable[[], None]) -> None:
    start.wait()
    meanwhile()


def _close(ends: Barrier) -> None:
    ends.wait()
    connection.close()


def arrive(
    world: World,
    steps: list[Sending | Event],
    rnd: random.Random,
    crew: Crew,
    *,
    often: float = 0.4,
    limits: Sequence[int] = (1, 2, 5, 400),
) -> Recorded:
    """Let it come: batches of some uploads, two workers at once, people at work meanwhile."""
    recorded = Recorded()
    waiting = False
    for step in steps:
        if isinstance(step, Sending):
            receipt = world.accept(step.way, step.readings, step.at)
            recorded.sent[receipt] = step
            waiting = True
            if rnd.random() < often:
                _work(recorded, crew, step.at, _some(rnd, limits))
                waiting = False
        elif waiting and not step.alone and rnd.random() < 0.6:
            meanwhile = _noted(recorded, world, step)
            _work(recorded, crew, step.at, _some(rnd, limits), meanwhile)
            waiting = False
        else:
            _noted(recorded, world, step)()
    _work(recorded, crew, steps[-1].at, _some(rnd, limits))
    recorded.steps.sort(key=lambda known: known[0])
    return recorded


def _some(rnd: random.Random, limits: Sequence[int]) -> list[int]:
    return [rnd.choice(limits) for _ in range(WORKERS)]


def _noted(recorded: Recorded, world: World, event: Event) -> Callable[[], None]:
    """Its number is drawn while it holds all its locks, as a batch's is."""

    def happen() -> None:
        if event.alone:
            event.happen(world)
            recorded.steps.append((next_batch(), event))
            return
        with transaction.atomic():
            event.happen(world)
            number = next_batch()
        recorded.steps.append((number, event))

    return happen


def _work(
    recorded: Recorded,
    crew: Crew,
    at: datetime,
    limits: list[int],
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    crew.drain(at, limits, meanwhile)
    known = {number for number, _ in recorded.steps}
    batches: dict[int, list[UUID]] = {}
    mine = Receipt.objects.filter(pk__in=list(recorded.sent)).order_by("received_at", "pk")
    for receipt, batch in mine.values_list("pk", "batch"):
        batches.setdefault(batch, []).append(receipt)
    for batch, receipts in batches.items():
        if batch not in known:
            recorded.steps.append((batch, (at, [recorded.sent[one] for one in receipts])))


def replay(world: World, recorded: Recorded) -> None:
    """The recorded batches and events, one after the other, by one worker."""
    for _, step in recorded.steps:
        if isinstance(step, Event):
            step.happen(world)
            continue
        at, sendings = step
        for sending in sendings:
            world.accept(sending.way, sending.readings, sending.at)
        done = drain.drain_once(at=at, limit=len(sendings))
        assert done.uploads == len(sendings)
