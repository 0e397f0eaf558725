"""Which sets each patient's kit measured in the days before, and how they were uploaded. Pure.

What is told one by one keeps its own last sets; all before is drawn from the person's own chance.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from random import Random
from typing import Any, Final

from lib import london
from rounds.demo.cases import Case
from rounds.demo.vitals import measure, readings, severity

# Planned times, and those at which a team on a first day asks for one more.
TIMES: Final[dict[str, tuple[str, ...]]] = {
    "thrice": ("08:00", "11:00", "14:00", "17:00", "20:00", "22:30"),
    "twice": ("08:00", "12:00", "15:00", "18:00", "21:00"),
    "palliative": ("08:00", "18:00"),
    "glucose": ("07:30", "12:00", "17:00", "21:30"),
}
THRICE: Final = frozenset({"acute-respiratory-infection", "copd", "covid-19", "paediatric"})
SILENT_HOURS: Final = (16, 26)
BUFFERED: Final = 0.012
UPLOADED_EVERY: Final = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Set:
    """Values measured at one moment, and when they reached us."""

    case: Case
    measured_at: dt.datetime
    received_at: dt.datetime
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """What a gateway uploads at once; without readings it is a heartbeat."""

    gate: str
    received_at: dt.datetime
    readings: list[dict[str, Any]]
    devices: list[dict[str, Any]] = field(default_factory=list)


def of(case: Case, *, seed: int, since: dt.datetime, now: dt.datetime) -> list[Set]:
    """In order of measuring; the first an hour after coming."""
    chance = case.chance(seed, "sets")
    begin = max(since, case.admitted_at + dt.timedelta(hours=1))
    until = _quiet_since(case, chance, now)
    drawn = [
        _drawn(case, at, chance, now)
        for at in sorted(_moments(case, chance, begin, until))
        if begin <= at < until
    ]
    return [*drawn, *_told(case, begin, now)]


def _quiet_since(case: Case, chance: Random, now: dt.datetime) -> dt.datetime:
    """Up to when readings are drawn: what is told, or a silence, begins there."""
    if case.sets:
        return now - dt.timedelta(minutes=case.sets[0][0] + 100)
    if case.on_leave:
        return now - dt.timedelta(hours=5)
    if case.story == "silent":
        return now - dt.timedelta(hours=chance.uniform(*SILENT_HOURS))
    return now - dt.timedelta(minutes=4)


def _moments(
    case: Case, chance: Random, begin: dt.datetime, until: dt.datetime
) -> Iterator[dt.datetime]:
    """Around the planned times, never to the minute; hourly while somebody worsens."""
    day = london.day_of(begin)
    while day <= london.day_of(until):
        for told in _times(case):
            at = london.to_utc(day, dt.time.fromisoformat(told))
            yield at + dt.timedelta(seconds=round(chance.triangular(-900, 1500, 120)))
        day += dt.timedelta(days=1)
    if case.story == "deteriorating":
        for hours in range(1, 7):
            yield until - dt.timedelta(hours=hours, seconds=chance.randint(-1500, 600))


def _times(case: Case) -> tuple[str, ...]:
    if case.pathway == "palliative":
        return TIMES["palliative"]
    if case.pathway == "diabetes":
        return TIMES["glucose"]
    return TIMES["thrice" if case.pathway in THRICE else "twice"]


def _drawn(case: Case, at: dt.datetime, chance: Random, now: dt.datetime) -> Set:
    hours = (at - now).total_seconds() / 3600
    kinds = [kind for kind in case.kinds if kind != "weight" or london.wall(at).hour < 10]
    values = measure(case.usual, severity(case.story, hours), kinds, chance)
    delay = dt.timedelta(seconds=chance.randint(15, 80))
    if hours < -24 and chance.random() < BUFFERED:
        delay = dt.timedelta(hours=chance.uniform(1, 5))
    return Set(case, at, at + delay, values)


def _told(case: Case, begin: dt.datetime, now: dt.datetime) -> Iterator[Set]:
    for minutes, weight in zip((2900, 49), case.told.get("weights", ()), strict=False):
        at = now - dt.timedelta(minutes=minutes)
        yield Set(case, at, at + dt.timedelta(seconds=30), {"weight": weight})
    for minutes, values in case.sets:
        at = now - dt.timedelta(minutes=minutes)
        if at >= begin:
            yield Set(case, at, at + dt.timedelta(seconds=25), values)


def batches(gate: str, sets: Iterable[tuple[Set, list[dict[str, Any]]]]) -> Iterator[Batch]:
    """A gateway sends what came in within ten minutes at once, when the last of it came.

    What is told one by one comes by itself, to the second.
    """

    def slot(pair: tuple[Set, list[dict[str, Any]]]) -> float:
        came = pair[0].received_at.timestamp()
        return came if pair[0].case.told else came // UPLOADED_EVERY.total_seconds()

    for _, pairs in groupby(sorted(sets, key=slot), key=slot):
        together = list(pairs)
        received = max(one.received_at for one, _ in together)
        yield Batch(gate, received, [row for _, rows in together for row in rows])


def as_sent(one: Set, serials: dict[str, str], patient: str, number: int) -> list[dict[str, Any]]:
    """The set's readings as the API takes them, each from the device that measures its kind."""
    rows = readings(
        one.values,
        device="",
        measured_at=one.measured_at.isoformat(),
        name=f"d{one.case.person.nhs_number[3:9]}-{number}",
    )
    named = {"patient": patient} if patient else {}
    return [{**row, "device": serials[str(row["kind"])], **named} for row in rows]


def told_moments(cases: Iterable[Case], now: dt.datetime) -> list[dt.datetime]:
    """Just after each of the sets that are told one by one has come."""
    minutes = {minutes for case in cases for minutes, _ in case.sets}
    return [now - dt.timedelta(minutes=one) + dt.timedelta(seconds=27) for one in sorted(minutes)]
