"""Uploads through the whole house: sent, accepted, stored, scored, counted."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bench import counting, loading, spent
from bench.house import Gateway, House
from bench.load.uploads import SET, Plan
from bench.loading import Load, Seen
from bench.running import Running
from bench.sampling import Sampler
from bench.servers import Servers
from bench.spent import Spent
from vwards.local.programs import LocalError

LONGEST_SECONDS = 900.0
# What is fresh at accept is under 15 minutes old; what waits must still be fresh then.
FRESH = timedelta(minutes=10)
# Before the first run's readings, and before the newest of the days that were filled up.
OLD = timedelta(hours=4)


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
        now = datetime.now(UTC)
        first = max(self.newest, now - FRESH)
        self.newest = max(now, first + timedelta(seconds=1))
        gateways = [(gateway.key, gateway.serials) for gateway in self.house.gateways]
        plan = Plan(
            gateways, readings, a_post, first, self.newest, self._next_run(), skip=self.turn
        )
        self.turn += plan.posts if a_post >= len(SET) else plan.posts // len(SET)
        return self._send(plan, posts_a_second=a_second / a_post)

    def replay(self, gateway: Gateway, readings: int, a_post: int, *, apart: timedelta) -> Run:
        """Late ones of one patient, each run's of another, measured so far apart."""
        number = self._next_run()
        last = self.newest - OLD
        first = last - apart * (readings // len(SET))
        one = [(gateway.key, [gateway.serials[number]])]
        plan = Plan(one, readings, a_post, first, last, number, twice=0, late=0)
        return self._send(plan)

    def _send(self, plan: Plan, *, posts_a_second: float = 0) -> Run:
        told = loading.of_gateways(
            plan, self.running.address, self.servers.folder, posts_a_second=posts_a_second
        )
        with loading.load(told) as load:
            return _run(self.running, load, self._roots(), plan.first)

    def _next_run(self) -> int:
        self.runs += 1
        return self.runs

    def _roots(self) -> dict[str, int]:
        process = self.servers.postgres.process
        assert process
        return {**self.running.pids, "postgres": process.pid}


def _run(running: Running, load: Load, roots: dict[str, int], first: datetime) -> Run:
    before = spent.of_trees(roots)
    first_batch = counting.next_batch()
    with Sampler() as sampler:
        load.go()
        seen = load.seen()
        _wait_until_empty(running, sampler)
    ended = time.time()
    cpu = _parted(spent.between(before, spent.of_trees(roots)), sampler.sessions())
    stored = counting.check(load.accepted(), seen, batch=first_batch, first=first)
    return Run(
        readings=seen.fresh + seen.again,
        seconds=ended - seen.began,
        seen=seen,
        cpu={"load": seen.cpu} | cpu,
        backlog=sampler.waiting(seen.began),
        scored_ms=stored,
    )


def _parted(trees: Spent, sessions: Spent) -> Spent:
    """PostgreSQL's own processes are what its sessions do not explain."""
    rest = trees.pop("postgres") - sum(sessions.values())
    return trees | sessions | {"postgres itself": max(0.0, rest)}


def _wait_until_empty(running: Running, sampler: Sampler) -> None:
    """The end is told to half a hundredth of the wait; looking more often would cost more."""
    began = time.monotonic()
    while counting.is_waiting(sampler.lowest):
        running.check()
        waited = time.monotonic() - began
        if waited > LONGEST_SECONDS:
            raise LocalError(f"The inbox is not empty after {LONGEST_SECONDS:.0f} s.")
        time.sleep(min(max(waited * 0.005, 0.01), 0.25))
