"""What the gateways send: sets of five vitals, some of them late, some uploads sent twice."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

SET = (
    ("respiratory_rate", "/min", 16, 1),
    ("spo2", "%", 97, 1),
    ("systolic", "mmHg", 126, 9),
    ("pulse", "/min", 74, 6),
    ("temperature", "Cel", 36.7, 0.2),
)
# A chest infection that somebody must hear of: NEWS2 of five and more.
UNWELL = {"respiratory_rate": 23, "spo2": 92, "pulse": 104, "temperature": 38.4}
PATH = "/api/v1/readings/"
EXPECTED = b"202"


@dataclass(frozen=True)
class Plan:
    """Who sends how much, and when it was measured: from `first` on, forward to `last`."""

    gateways: list[tuple[str, list[str]]]
    readings: int
    a_post: int
    first: datetime
    last: datetime
    seed: int
    twice: float = 0.02
    late: float = 0.01
    unwell: float = 0.01
    # Where in the round over all patients it begins.
    skip: int = 0

    @property
    def posts(self) -> int:
        return self.readings // self.a_post


@dataclass
class Made:
    """The requests as they go over the wire, and what must come of them."""

    requests: list[bytes]
    expected: list[int]
    fresh: int = 0
    again: int = 0


def make(plan: Plan, host: str) -> Made:
    """All of it, deterministic but for the times."""
    chance = random.Random(plan.seed)
    made = Made([], [])
    readings = _readings(plan, chance)
    for post in range(plan.posts):
        if post and chance.random() < plan.twice:
            back = chance.randrange(max(0, post - 300), post)
            made.requests.append(made.requests[back])
            made.expected.append(made.expected[back])
            made.again += made.expected[back]
            continue
        key, body = next(readings)
        made.requests.append(_request(host, key, body))
        made.expected.append(plan.a_post)
        made.fresh += plan.a_post
    return made


def _readings(plan: Plan, chance: random.Random) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """One upload after the other, the gateways in turn, the patients of each in turn."""
    a_post = max(1, plan.a_post // len(SET))
    everybody = sum(len(serials) for _, serials in plan.gateways)
    rounds = max(1.0, plan.readings / len(SET) / everybody)
    step = (plan.last - plan.first) / rounds
    turn = plan.skip
    while True:
        key, serials = plan.gateways[turn % len(plan.gateways)]
        start = turn // len(plan.gateways) * a_post
        sets: list[dict[str, Any]] = []
        for n in range(start, start + a_post):
            at = plan.first + (n - _begun(plan, a_post)) / len(serials) * step
            sets += _set(serials[n % len(serials)], _when(at, plan, chance), plan, chance)
        turn += 1
        if plan.a_post >= len(SET):
            yield key, sets
        else:
            yield from ((key, [one]) for one in sets)


def _begun(plan: Plan, a_post: int) -> int:
    return plan.skip // len(plan.gateways) * a_post


def _when(at: datetime, plan: Plan, chance: random.Random) -> datetime:
    """Late ones were measured before what is stored already."""
    if chance.random() < plan.late:
        return plan.first - timedelta(seconds=chance.uniform(20 * 60, 120 * 60))
    return at + timedelta(milliseconds=chance.randrange(1000))


def _set(serial: str, at: datetime, plan: Plan, chance: random.Random) -> Iterator[dict[str, Any]]:
    told, unwell = at.isoformat(), chance.random() < plan.unwell
    for kind, unit, usual, spread in SET:
        value = UNWELL.get(kind, usual) if unwell else usual + chance.uniform(-spread, spread)
        yield {
            "id": f"{plan.seed:x}-{chance.getrandbits(48):012x}",
            "device": serial,
            "kind": kind,
            "value": round(value, 1 if kind == "temperature" else None),
            "unit": unit,
            "measured_at": told,
        }


def _request(host: str, key: str, readings: Sequence[dict[str, Any]]) -> bytes:
    body = json.dumps({"readings": readings}, separators=(",", ":")).encode()
    return (
        f"POST {PATH} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def read_plan(told: dict[str, Any]) -> Plan:
    """As another process wrote it."""
    times = {name: datetime.fromisoformat(told[name]).astimezone(UTC) for name in ("first", "last")}
    return Plan(**(told | times))
