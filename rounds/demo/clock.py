"""Lets the days before pass: uploads through the real inbox and drain, people's work in between.

The clock is set, so that every row says when it happened. It goes in wide steps long ago and in
small ones towards now. Several processes may keep step with each other, each with its own wards.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from observations.draining import drain
from observations.intake import inbox
from rounds.demo import beats, sets
from rounds.demo.kit import Worn
from rounds.demo.sets import Batch

# (older than so many hours, in steps of so many minutes)
STEPS: Final = ((48, 180), (24, 90), (4, 40), (0, 12))
READINGS_AT_ONCE: Final = 900


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a person did at a moment."""

    at: dt.datetime
    do: Callable[[], object]


Together = Callable[[], object]


def instants(
    since: dt.datetime, now: dt.datetime, *, also: Iterable[dt.datetime] = ()
) -> list[dt.datetime]:
    """The moments at which the clock stops, in order; the last one is now."""
    at, found = since, {moment for moment in also if since < moment < now}
    while at < now:
        hours = (now - at).total_seconds() / 3600
        minutes = next(minutes for older, minutes in STEPS if hours > older)
        at = min(now, at + dt.timedelta(minutes=minutes))
        found.add(at)
    return sorted(found)


def pass_days(
    worn: list[Worn],
    events: list[Event],
    *,
    seed: int,
    since: dt.datetime,
    now: dt.datetime,
    also: Iterable[dt.datetime],
    then: Callable[[dt.datetime], None],
    together: Together = lambda: None,
) -> int:
    """How many readings were sent. `then` is called after each step's drain; `together` waits
    for the other processes, which must be given the same `also`: more moments to stop at."""
    uploads = _uploads(worn, seed=seed, since=since, now=now)
    keys = {one.gate.name: one.gate.key for one in worn}
    work = sorted(events, key=lambda event: event.at)
    sent = 0
    for at in instants(since, now, also=also):
        due = _due(uploads, at)
        new = _send(due, keys)
        if due:
            _drain(at)
        # Whoever is quicker must not drain the others' uploads at a later time than theirs.
        together()
        sent += new
        while work and work[0].at <= at:
            work.pop(0).do()
        then(at)
    return sent


def _drain(at: dt.datetime) -> None:
    """Until nothing waits; what the demo sends must all be taken."""
    done = drain.drain_once(at=at)
    while done.uploads or done.failed:
        if done.failed:
            raise RuntimeError(f"{done.failed} uploads of the demo could not be stored.")
        done = drain.drain_once(at=at)


def _uploads(worn: list[Worn], *, seed: int, since: dt.datetime, now: dt.datetime) -> list[Batch]:
    """The last first, to be taken from the end."""
    by_gate: dict[str, list[tuple[sets.Set, list[dict[str, object]]]]] = {}
    for one in worn:
        for number, each in enumerate(sets.of(one.case, seed=seed, since=since, now=now)):
            rows = sets.as_sent(each, one.serials, one.names, number)
            by_gate.setdefault(one.gate.name, []).append((each, rows))
    made = [batch for gate, pairs in by_gate.items() for batch in sets.batches(gate, pairs)]
    made += beats.of(worn, now=now)
    return sorted(made, key=lambda batch: batch.received_at, reverse=True)


def _due(uploads: list[Batch], at: dt.datetime) -> list[Batch]:
    """All that was received by then."""
    found = []
    while uploads and uploads[-1].received_at <= at:
        found.append(uploads.pop())
    return found


def _send(due: list[Batch], keys: dict[str, str]) -> int:
    """Each at its own time; how many readings."""
    with transaction.atomic():
        for batch in due:
            for start in range(0, max(1, len(batch.readings)), READINGS_AT_ONCE):
                part = batch.readings[start : start + READINGS_AT_ONCE]
                told = {"sent_at": batch.received_at.isoformat(), "readings": part}
                body = json.dumps(told | {"devices": batch.devices}).encode()
                inbox.accept(key=keys[batch.gate], body=body, at=batch.received_at)
    return sum(len(batch.readings) for batch in due)
