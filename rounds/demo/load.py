"""Loads the demo, part by part, and says how long each took."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from capacity.actions.figures import refresh
from observations.alerting import ladders
from observations.watch import batteries, deadlines, gateways
from rounds.demo import (
    admitting,
    cases,
    clock,
    desk,
    kit,
    managing,
    parallel,
    past,
    pathways,
    places,
    returning,
    sets,
    staff,
    waiting,
    world,
)
from rounds.demo.cases import Case
from rounds.demo.clock import Together
from rounds.demo.kit import Kit, Worn
from rounds.demo.places import Places
from rounds.demo.staff import Staff

Say = Callable[[str], None]
# Before it, what is late or silent was noticed and dealt with.
WATCHED: Final = dt.timedelta(hours=desk.OPEN_HOURS)


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told: how much, from which seed, at which moment."""

    size: str
    seed: int
    now: dt.datetime

    @property
    def chosen(self) -> world.Size:
        return world.SIZES[self.size]

    @property
    def since(self) -> dt.datetime:
        """When the readings begin."""
        return self.now - dt.timedelta(days=self.chosen.reading_days)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the files that tell of the demo are written from."""

    staff: Staff
    places: Places
    kit: Kit
    worn: list[Worn] = field(default_factory=list)
    moments: list[dt.datetime] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the wards: their patients come, and their days pass, in one process."""

    name: str
    cases: list[Case]
    leads: bool


@dataclass(frozen=True, slots=True)
class Passed:
    """What a part has to tell."""

    worn: list[Worn]
    readings: int
    coming: float
    passing: float

    def __str__(self) -> str:
        came = f"{len(self.worn)} came: {self.coming:.1f} s"
        return f"{came}; {self.readings} readings: {self.passing:.1f} s"


def load(telling: Telling, *, processes: int, say: Say) -> Loaded:
    """Into an empty database."""
    drawn = cases.draw(telling.chosen, seed=telling.seed, now=telling.now)
    with _step("Organisations, wards, beds, gateways", say):
        opened = places.open_places(telling.chosen, now=telling.now)
        gates = kit.set_up(opened, now=telling.now)
    with _step("Accounts, past stays and referrals", say):
        people = _begin(telling, opened, drawn, processes)
        pathways.publish_first(opened, people, now=telling.now)
    ready = Loaded(people, opened, gates, moments=sets.told_moments(drawn, telling.now))
    with _step(f"{len(drawn)} patients and their days", say):
        for passed in parallel.do(partial(_pass, telling, ready), _parts(drawn, processes)):
            ready.worn.extend(passed.worn)
            say(f"  {passed}")
    with _step("Today's referrals, daily figures", say):
        _end(telling, ready, drawn)
    return ready


def _begin(telling: Telling, opened: Places, drawn: list[Case], processes: int) -> Staff:
    both: list[Callable[[], Any]] = [
        partial(_appoint, telling),
        partial(past.record, opened, drawn, telling.chosen, seed=telling.seed, now=telling.now),
    ]
    people, _ = parallel.do(_call, both) if processes > 1 else [do() for do in both]
    assert isinstance(people, Staff)
    return people


def _end(telling: Telling, ready: Loaded, drawn: list[Case]) -> None:
    plans, now = world.wards(telling.chosen), telling.now
    pathways.go_on(ready.places, ready.staff, now=now)
    waiting.refer_all(ready.places, ready.staff, drawn, plans, seed=telling.seed, now=now)
    managing.say_who_counts(now=now)
    managing.tell_staffing(ready.places, ready.staff, now=now)
    managing.put_board_right(ready.places, ready.staff, now=now)
    refresh(days=_days(telling.chosen.history_days, now), at=now)
    managing.enter_late(ready.places, now=now)
    returning.return_figures(ready.staff.users["cole"], now=now)


def _call(do: Callable[[], Any], _together: Together) -> Any:
    return do()


def _appoint(telling: Telling) -> Staff:
    """Half a second a password: meanwhile the other process writes history."""
    since = telling.now - dt.timedelta(days=400)
    return staff.appoint(world.wards(telling.chosen), seed=telling.seed, since=since)


def _days(many: int, now: dt.datetime) -> list[dt.date]:
    return [now.date() - dt.timedelta(days=back) for back in range(many, -1, -1)]


def _parts(drawn: list[Case], processes: int) -> list[Part]:
    """Whole wards, so that nobody waits for another's lock; about as many patients each."""
    wards: dict[str, list[Case]] = {}
    for case in drawn:
        wards.setdefault(case.ward.code, []).append(case)
    parts: list[list[Case]] = [[] for _ in range(min(processes, len(wards)))]
    for together in sorted(wards.values(), key=len, reverse=True):
        min(parts, key=len).extend(together)
    return [Part(f"part {n}", some, leads=n == 0) for n, some in enumerate(parts)]


def _pass(telling: Telling, ready: Loaded, part: Part, together: Together) -> Passed:
    started = time.monotonic()
    worn = admitting.admit_all(
        ready.places, ready.staff, ready.kit, part.cases, seed=telling.seed, now=telling.now
    )
    came = time.monotonic()
    answer = desk.Answering(worn, ready.staff, seed=telling.seed, now=telling.now)
    readings = clock.pass_days(
        worn,
        desk.events(worn, ready.places, ready.staff, seed=telling.seed, since=telling.since,
                    now=telling.now),
        seed=telling.seed,
        since=telling.since,
        now=telling.now,
        also=ready.moments,
        then=partial(_then, answer, telling.now, leads=part.leads),
        together=together,
    )  # fmt: skip
    return Passed(worn, readings, came - started, time.monotonic() - came)


def _then(
    answer: Callable[[dt.datetime], None], now: dt.datetime, at: dt.datetime, *, leads: bool
) -> None:
    """What a ward and its worker do as time goes by; the worker's part is one process's."""
    answer(at)
    if leads and now - at < WATCHED:
        gateways.sweep(at=at)
        batteries.ask(at=at)
        deadlines.refresh_changed(at=at)
        deadlines.sweep(at=at)
        ladders.climb_due(at=at)


@contextmanager
def _step(what: str, say: Say) -> Iterator[None]:
    started = time.monotonic()
    yield
    say(f"{what}: {time.monotonic() - started:.1f} s")
