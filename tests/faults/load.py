"""Gateways that send without end and write down every answer, as a sender must who loses nothing.

What is answered in doubt (no answer, or the database was away) is sent again until it is certain.
"""

import datetime as dt
import http.client
import itertools
import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from tests.faults.house import House
from tests.observations.factories import UNITS
from vwards.local.servers import LOOPBACK

KINDS = ("respiratory_rate", "spo2", "systolic", "pulse", "temperature")
CALM_VALUES = {"respiratory_rate": 16, "spo2": 97, "systolic": 124, "pulse": 72}
WORRYING = {"respiratory_rate": 26, "spo2": 84, "systolic": 88, "pulse": 134}
FULL = "Too much is waiting to be stored."
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Upload:
    """A body, and what must become of each id in it."""

    key: str
    body: str
    stored: tuple[str, ...]
    unclaimed: tuple[str, ...]
    rejected: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return (*self.stored, *self.unclaimed, *self.rejected)


@dataclass
class Load:
    """What was promised, what was refused for certain, and how often an answer was in doubt."""

    house: House
    webs: tuple[str, ...] = ("web",)
    senders: int = 2
    pause: float = 0.02
    # Then it slows down: a machine with much else to do must not be buried.
    enough: int = 300
    accepted: dict[str, Upload] = field(default_factory=dict)
    refused: list[Upload] = field(default_factory=list)
    in_doubt: int = 0
    wrong: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Sends meanwhile; at the end each sender makes certain of its last upload."""
        threads = [
            threading.Thread(target=self._send_on, args=(number,), daemon=True)
            for number in range(self.senders)
        ]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._over.set()
            for thread in threads:
                thread.join(60)
        assert not any(thread.is_alive() for thread in threads), "a sender waits for ever"
        assert self.wrong == []

    def send(self, upload: Upload) -> None:
        """Beside what is sent anyway."""
        self._make_certain(upload, self.webs[0])

    def _send_on(self, number: int) -> None:
        rnd = random.Random(number)
        for sent, web in enumerate(itertools.cycle(self.webs)):
            if self._over.is_set():
                return
            upload = make_upload(self.house, rnd, of_all=sent == 0)
            self._make_certain(upload, web)
            if rnd.random() < 0.05:
                self._make_certain(upload, web)  # a gateway that forgot that it had sent
            time.sleep(self.pause if len(self.accepted) < self.enough else 10 * self.pause)

    def _make_certain(self, upload: Upload, web: str) -> None:
        while not self._is_certain(upload, web):
            self.in_doubt += 1
            time.sleep(0.05)

    def _is_certain(self, upload: Upload, web: str) -> bool:
        try:
            status, headers, answer = post(self.house.ports[web], upload)
        except (OSError, http.client.HTTPException):
            return False
        if status == http.HTTPStatus.ACCEPTED:
            told = json.loads(answer)
            assert told["received"] == len(upload.ids)
            self.accepted[told["receipt"]] = upload
            return True
        if status != http.HTTPStatus.SERVICE_UNAVAILABLE or "Retry-After" not in headers:
            self.wrong.append(f"{status} {dict(headers)} {answer[:500]!r}")
            return True
        full: bool = json.loads(answer)["detail"] == FULL
        if full:
            self.refused.append(upload)
        return full


def post(port: int, upload: Upload) -> tuple[int, http.client.HTTPMessage, bytes]:
    web = http.client.HTTPConnection(LOOPBACK, port, timeout=20)
    headers = {"Authorization": f"Bearer {upload.key}", "Content-Type": "application/json"}
    try:
        web.request("POST", "/api/v1/readings/", upload.body, headers)
        answer = web.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        web.close()


def make_upload(house: House, rnd: random.Random, *, of_all: bool = False) -> Upload:
    """Sets of two patients; now and then, or `of_all`, an unknown device's and one of no sense."""
    at = _some_time(rnd)
    sets = [_set(device, at, rnd) for device in rnd.sample(house.devices, 2)]
    stored = [one for readings in sets for one in readings]
    odd, senseless = (of_all or rnd.random() < 0.05 for _ in range(2))
    unclaimed = [_reading("HUB-UNKNOWN", "pulse", 70, at)] if odd else []
    rejected = [_reading(house.devices[0], "pulse", 999, at)] if senseless else []
    return Upload(
        rnd.choice(house.keys),
        json.dumps({"readings": stored + unclaimed + rejected}),
        *(tuple(one["id"] for one in part) for part in (stored, unclaimed, rejected)),
    )


def _some_time(rnd: random.Random) -> dt.datetime:
    """Mostly now, sometimes of the last two days; never near the border of what is late."""
    now = dt.datetime.now(dt.UTC)
    if rnd.random() < 0.7:
        return now - dt.timedelta(seconds=rnd.randint(0, 60))
    return now - dt.timedelta(minutes=rnd.randint(60, 2 * 24 * 60))


def _set(device: str, at: dt.datetime, rnd: random.Random) -> list[dict[str, Any]]:
    values: dict[str, float] = {**CALM_VALUES, "temperature": 36.8}
    if rnd.random() < 0.2:
        kind = rnd.choice(list(WORRYING))
        values[kind] = WORRYING[kind]
    return [_reading(device, kind, values[kind], at) for kind in KINDS]


def _reading(device: str, kind: str, value: float, at: dt.datetime) -> dict[str, Any]:
    return {
        "id": f"f-{next(_numbers)}",
        "device": device,
        "kind": kind,
        "value": value,
        "unit": UNITS[kind],
        "measured_at": at.isoformat(),
    }
