"""Plays the devices of the demo over HTTP, as several gateways with keys of their own.

It knows the service by its address only: no database, no settings. What it plays stands in a plan
that the demo's loader writes.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final

from rounds.demo.vitals import Story, Usual, measure, readings, severity

PATIENCE: Final = 10.0
KEPT_AT_MOST: Final = 500
CUE_TAKES_HOURS: Final = 1 / 12
Upload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wearer:
    """One device on one patient. `held_since` is when the present holder got it, if re-issued."""

    serial: str
    kinds: tuple[str, ...]
    usual: Usual = field(default_factory=Usual)
    story: Story = "stable"
    patient: str = ""
    held_since: str = ""


@dataclass(frozen=True, slots=True)
class GatewayPlan:
    """A gateway's key, the devices that report through it, and how wrong its clock is (seconds)."""

    name: str
    key: str
    wearers: tuple[Wearer, ...]
    skew: float = 0.0


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong, and how often (shares of uploads)."""

    duplicates: float = 0.0
    buffers: float = 0.0
    dead: int = 0
    skewed: bool = False

    @classmethod
    def usual(cls) -> Faults:
        return cls(duplicates=0.03, buffers=0.03, dead=1, skewed=True)


def read_plan(text: str) -> tuple[GatewayPlan, ...]:
    """The loader's plan file; raises KeyError or ValueError when it is not one."""
    return tuple(
        GatewayPlan(
            name=gateway["name"],
            key=gateway["key"],
            skew=gateway.get("skew", 0.0),
            wearers=tuple(map(_wearer, gateway["wearers"])),
        )
        for gateway in json.loads(text)["gateways"]
    )


def _wearer(row: dict[str, Any]) -> Wearer:
    return Wearer(
        serial=row["serial"],
        kinds=tuple(row["kinds"]),
        usual=Usual(**row.get("usual", {})),
        story=row.get("story", "stable"),
        patient=row.get("patient", ""),
        held_since=row.get("held_since", ""),
    )


class Player(threading.Thread):
    """One gateway: takes its wearers in turn, uploads their sets, keeps what was not accepted."""

    def __init__(
        self,
        plan: GatewayPlan,
        *,
        base_url: str,
        sets_a_second: float,
        seed: int,
        faults: Faults,
        cue: threading.Event,
        stop: threading.Event,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        super().__init__(name=plan.name, daemon=True)
        self.plan = plan
        self.address = f"{base_url.rstrip('/')}/api/v1/readings/"
        self.pause = 1.0 / sets_a_second
        self.chance = Random(f"{seed}-{plan.name}")  # noqa: S311 - a story, not a secret
        self.faults = faults
        self.cue, self.stop_now, self.clock = cue, stop, clock
        self.kept: deque[Upload] = deque(maxlen=KEPT_AT_MOST)
        self.accepted = self.refused = 0
        self._numbers = itertools.count(1)
        self._emptied: set[str] = set()
        self._run_id = f"{seed}-{int(time.time()):x}"
        self._cued_at: dt.datetime | None = None

    def run(self) -> None:
        for wearer in self._turns():
            if self.stop_now.wait(self.pause * self.chance.uniform(0.7, 1.3)):
                return
            self.take_turn(wearer)

    def take_turn(self, wearer: Wearer) -> None:
        """One set: kept for later now and then, sent twice now and then."""
        upload = self._upload(wearer)
        self.kept.append(upload)
        if self.chance.random() < self.faults.buffers:
            return
        self._send_kept()
        if self.chance.random() < self.faults.duplicates:
            self._post(upload)

    def _turns(self) -> Iterator[Wearer]:
        alive = self.plan.wearers[self.faults.dead :] or self.plan.wearers
        yield from itertools.cycle(alive)

    def _now(self) -> dt.datetime:
        skew = self.plan.skew if self.faults.skewed else 0.0
        return self.clock() + dt.timedelta(seconds=skew)

    def _upload(self, wearer: Wearer) -> Upload:
        now = self._now()
        name = f"s{self._run_id}-{next(self._numbers)}"
        first = [*self._of_the_last_holder(wearer, name)] if self.faults.buffers else []
        values = measure(wearer.usual, self._severity(wearer, now), wearer.kinds, self.chance)
        return {
            "sent_at": now.isoformat(),
            "readings": first + self._set(wearer, values, now, name),
        }

    def _severity(self, wearer: Wearer, now: dt.datetime) -> float:
        """Each gateway's last wearer deteriorates on cue, within five minutes; others as told."""
        if wearer is not self.plan.wearers[-1] or not self.cue.is_set():
            return severity(wearer.story, 0.0)
        self._cued_at = self._cued_at or now
        hours = (now - self._cued_at).total_seconds() / 3600
        return min(0.95, 0.2 + 0.75 * hours / CUE_TAKES_HOURS)

    def _of_the_last_holder(self, wearer: Wearer, name: str) -> Iterator[dict[str, Any]]:
        """Re-issued kit uploads its buffer once: a set measured on whoever held it before."""
        if not wearer.held_since or wearer.serial in self._emptied:
            return
        self._emptied.add(wearer.serial)
        before = dt.datetime.fromisoformat(wearer.held_since) - dt.timedelta(hours=1)
        values = measure(Usual(), 0.1, wearer.kinds, self.chance)
        yield from self._set(replace(wearer, patient=""), values, before, f"{name}-old")

    @staticmethod
    def _set(
        wearer: Wearer, values: dict[str, Any], at: dt.datetime, name: str
    ) -> list[dict[str, Any]]:
        rows = readings(values, device=wearer.serial, measured_at=at.isoformat(), name=name)
        return [{**row, "patient": wearer.patient} if wearer.patient else row for row in rows]

    def _send_kept(self) -> None:
        while self.kept and not self.stop_now.is_set():
            if not self._post(self.kept[0]):
                return
            self.kept.popleft()

    def _post(self, upload: Upload) -> bool:
        """Whether the service took it; what it did not take is tried again at a later turn."""
        request = urllib.request.Request(  # noqa: S310 - the address is the operator's own
            self.address,
            data=json.dumps(upload).encode(),
            headers={
                "Authorization": f"Bearer {self.plan.key}",
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE):  # noqa: S310 - as above
                self.accepted += 1
        except urllib.error.HTTPError as answer:
            self.refused += 1
            return self._was_refused_for_good(answer)
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False
        return True

    def _was_refused_for_good(self, answer: urllib.error.HTTPError) -> bool:
        """Pressure asks us to wait; anything else would be refused again."""
        if answer.code not in (429, 503):
            return True
        self.stop_now.wait(min(30.0, float(answer.headers.get("Retry-After") or 1)))
        return False
