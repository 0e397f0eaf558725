"""What the rows of the table share: the stage, how much is sent, and what was measured once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from bench import copying, history, house, yardstick
from bench.flow import Run, Stage
from bench.house import House
from bench.report import Figure, Line, figure, repeated
from bench.servers import Servers
from vwards.local.running import step


@dataclass(frozen=True)
class Counts:
    """How much each row sends; `quick` ones only show that the bench runs."""

    size: house.Size = house.ENGLAND
    runs: int = 3
    ten: int = 200_000
    hundred: int = 400_000
    one: int = 40_000
    offered: int = 5_000
    steady: int = 40_000
    offered_seconds: int = 20
    late: int = 10_000
    tutorial: int = 3_000
    copy: int = 200_000
    little: int = 1_000_000
    much: int = 20_000_000
    memory: int = 5_000_000
    memory_runs: int = 10
    looks: int = 30
    quick: bool = False


QUICK = Counts(
    size=house.SMALL,
    runs=1,
    ten=1_000,
    hundred=2_000,
    one=100,
    offered=500,
    steady=2_000,
    offered_seconds=1,
    late=500,
    tutorial=50,
    copy=1_000,
    little=2_000,
    much=4_000,
    memory=2_000,
    memory_runs=2,
    looks=2,
    quick=True,
)


@dataclass
class Session:
    """One bench: figures that several rows need are measured when the first one asks."""

    servers: Servers
    counts: Counts
    furnished: House | None = None
    stored: int = 0
    started: Stage | None = None
    lines: list[Line] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def house(self) -> House:
        assert self.furnished, "the house is not furnished yet"
        return self.furnished

    @property
    def stage(self) -> Stage:
        assert self.started, "the house's processes do not run yet"
        return self.started

    @cached_property
    def copy(self) -> Figure:
        """Rows a second by bare COPY."""
        with step(f"Copying {self.counts.copy:,} rows, {self.counts.runs} times"):
            return repeated(lambda: copying.copy(self.counts.copy), self.counts.runs)

    @cached_property
    def tutorial(self) -> Figure:
        """Readings a second of the tutorial design."""
        counts = self.counts
        with step("Sending readings to the tutorial design"):
            return figure(
                yardstick.readings_a_second(
                    self.servers,
                    patients=counts.size.patients,
                    readings=counts.tutorial,
                    runs=counts.runs,
                )
            )

    @cached_property
    def ten(self) -> list[Run]:
        """Runs of 10 readings a POST, with little stored."""
        return self.runs("Sending 10 a POST", lambda: self.stage.run(self.counts.ten, 10))

    def runs(self, what: str, run: Callable[[], Run]) -> list[Run]:
        with step(f"{what}, {self.counts.runs} times"):
            return [run() for _ in range(self.counts.runs)]

    def fill(self, readings: int) -> None:
        """Until about so many are stored."""
        if readings > self.stored:
            with step(f"Filling up to {readings:,} readings"):
                history.fill(readings - self.stored, tag=f"h{self.stored:x}")
                history.settle()
            self.stored = readings


def furnish(session: Session) -> House:
    """A furnished house with little stored."""
    size = session.counts.size
    with step(f"Furnishing {size.patients:,} patients"):
        session.furnished = house.furnish(size)
    session.fill(session.counts.little)
    return session.furnished
