"""Loads the demo, part by part, and says how long each took."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from capacity.actions.figures import refresh
from rounds.demo import admitting, cases, kit, past, places, staff, world
from rounds.demo.kit import Kit, Worn
from rounds.demo.places import Places
from rounds.demo.staff import Staff

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the files that tell of the demo are written from."""

    staff: Staff
    places: Places
    kit: Kit
    worn: list[Worn]


def load(*, size: str, seed: int, now: dt.datetime, say: Say) -> Loaded:
    """Into an empty database; `now` is the moment that it is all told at."""
    chosen = world.SIZES[size]
    with _step("Organisations, wards, beds", say):
        opened = places.open_places(chosen, now=now)
    with _step("Accounts", say):
        people = staff.appoint(world.wards(chosen), seed=seed, since=now - dt.timedelta(days=400))
    drawn = cases.draw(chosen, seed=seed, now=now)
    with _step("Past stays and referrals", say):
        past.record(opened, drawn, chosen, seed=seed, now=now)
    with _step(f"Admitting {len(drawn)} patients", say):
        gates = kit.set_up(opened, now=now)
        worn = admitting.admit_all(opened, people, gates, drawn, seed=seed, now=now)
    with _step("Daily figures", say):
        refresh(days=_days(chosen.history_days, now), at=now)
    return Loaded(people, opened, gates, worn)


def _days(many: int, now: dt.datetime) -> list[dt.date]:
    return [now.date() - dt.timedelta(days=n) for n in range(many, -1, -1)]


@contextmanager
def _step(what: str, say: Say) -> Iterator[None]:
    started = time.monotonic()
    yield
    say(f"{what}: {time.monotonic() - started:.1f} s")
