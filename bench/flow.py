"""Uploads through the whole house: sent, accepted, stored, scored, counted."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bench import counting, loading, spent
from bench.house import House
from bench.load.uploads import SET, Plan
from bench.loading import Load, Seen
from bench.running import Running
from bench.sampling import Sampler
from bench.servers import Servers
from bench.spent import Spent
from vwards.local.programs import LocalError

LONGEST_SECONDS = 900.0
LOOK_SECONDS = 0.02
# What is fresh at accept is under 15 minutes old; what waits must still be fresh then.
FRESH = timedelta(minutes=10)


@dataclass(frozen=True)
class Run:
    """What one run took: seconds from the first upload until the inbox was empty."""

    readings: int
    seconds: float
    seen: Seen
    cpu: Spent
    backlog: list[tuple[float, int]]
    scored_ms: dict[str, float]

    @property
    def a_second(self) -> float:
        return self.readings / self.seconds

    @property
    def cpu_us(self) -> Spent:
        """Microseconds of CPU a reading, by who spent them."""
        return {name: seconds / self.readings * 1e6 for name, seconds in self.cpu.items()}


@dataclass
class Stage:
    """Servers, house and its processes; each run's readings are newer than the last one's."""

    servers: Servers
    house: House
    running: Running
    newest: datetime = field(default_factory=lambda: datetime.now(UTC))
    runs: int = 0
    turn: int = 0

    def run(self, readings: int, a_post: int, *, a_second: float = 0) -> Run:
        """`a_second` 0 is as fast as they are answered; else so many readings a second."""
        told = loading.of_gateways(
            self._plan(readings, a_post),
            self.running.address,
            self.servers.folder,
            posts_a_second=a_second / a_post,
        )
        with loading.load(told) as load:
            return _run(self.running, load, self._roots())

    def _plan(self, readings: int, a_post: int) -> Plan:
        now = datetime.now(UTC)
        first = max(self.newest, now - FRESH)
        self.newest = max(now, first + timedelta(seconds=1))
        self.runs += 1
        gateways = [(gateway.key, gateway.serials) for gateway in self.house.gateways]
        plan = Plan(gateways, readings, a_post, first, self.newest, self.runs, skip=self.turn)
        self.turn += plan.posts if a_post >= len(SET) else plan.posts // len(SET)
        return plan

    def _roots(self) -> dict[str, int]:
        process = self.servers.postgres.process
        assert process
        return {**self.running.pids, "postgres": process.pid}


def _run(running: Running, load: Load, roots: dict[str, int]) -> Run:
    before = spent.by_whom(roots)
    first_batch = counting.next_batch()
    with Sampler() as sampler:
        load.go()
        seen = load.seen()
        _wait_until_empty(running)
    ended = time.time()
    cpu = {"load": seen.cpu} | spent.between(before, spent.by_whom(roots))
    stored = counting.check(load.accepted(), seen, since=first_batch)
    return Run(
        readings=seen.fresh + seen.again,
        seconds=ended - seen.began,
        seen=seen,
        cpu=cpu,
        backlog=sampler.since(seen.began),
        scored_ms=stored,
    )


def _wait_until_empty(running: Running) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while counting.is_waiting():
        running.check()
        if time.monotonic() > deadline:
            raise LocalError(f"The inbox is not empty after {LONGEST_SECONDS:.0f} s.")
        time.sleep(LOOK_SECONDS)
