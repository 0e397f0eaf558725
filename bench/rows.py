"""The table, a function a row; each says what it should reach."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from statistics import median
from typing import Any, Final

from bench import spent
from bench.boards import rows as board_rows
from bench.figures.row import rows as figure_rows
from bench.flow import Run
from bench.report import Figure, Line, Target, figure
from bench.rounds import rows as round_rows
from bench.session import Session
from vwards.local.running import step

LATE_A_POST: Final = 1_000
LATE_APART: Final = timedelta(minutes=5)
MEGABYTE: Final = 1_000_000


def ten(session: Session) -> list[Line]:
    line = _way_in(session.ten, "10 a POST", 20_000)
    beside = {"COPY": session.copy, "tutorial design": session.tutorial}
    more = (
        Target("of COPY", line.figure.middle / session.copy.middle, 0.06),
        Target("× tutorial", line.figure.middle / session.tutorial.middle, 25),
    )
    return [Line(line.name, line.unit, line.figure, (*line.targets, *more), beside, line.notes)]


def hundred(session: Session) -> list[Line]:
    count = session.counts.hundred
    runs = session.runs("Sending 100 a POST", lambda: session.stage.run(count, 100))
    line = _way_in(runs, "100 a POST", 40_000)
    ratio = Target("of COPY", line.figure.middle / session.copy.middle, 0.12)
    beside = {"COPY": session.copy}
    fast = Line(line.name, line.unit, line.figure, (*line.targets, ratio), beside, line.notes)
    return [fast, _steady(session)]


def one(session: Session) -> list[Line]:
    count = session.counts.one
    runs = session.runs("Sending 1 a POST", lambda: session.stage.run(count, 1))
    line = _way_in(runs, "1 a POST", 3_000)
    beside = {"tutorial design": session.tutorial}
    return [Line(line.name, line.unit, line.figure, line.targets, beside, line.notes)]


def accept(session: Session) -> list[Line]:
    """Of the runs of 10 a POST, which sixteen clients send as fast as they are answered."""
    seen = figure([run.seen.latency_ms["p99"] for run in session.ten])
    target = Target("p99", seen.middle, 25, at_least=False)
    notes = {"ms": _middle([run.seen.latency_ms for run in session.ten])}
    return [Line("accept, 16 clients at saturation", "ms", seen, (target,), notes=notes)]


def scored(session: Session) -> list[Line]:
    """From the arrival of an upload to the commit of its scores, by PostgreSQL's own clock."""
    offered, seconds = session.counts.offered, session.counts.offered_seconds
    runs = session.runs(
        f"Offering {offered:,} a second",
        lambda: session.stage.run(offered * seconds, 10, a_second=offered),
    )
    waited = figure([run.scored_ms["p99"] / 1000 for run in runs])
    notes = {
        "scored, ms": _middle([run.scored_ms for run in runs]),
        "accepted, ms": _middle([run.seen.latency_ms for run in runs]),
        "CPU, µs a reading": _middle([run.cpu_us for run in runs]),
    }
    name = f"accepted → scored at {offered:,} readings/s offered"
    target = Target("p99", waited.middle, 1.0, at_least=False)
    return [Line(name, "s", waited, (target,), notes=notes)]


def full(session: Session) -> list[Line]:
    """10 a POST just before and just after twenty times as much is stored."""
    counts = session.counts

    def run() -> Run:
        return session.stage.run(counts.ten, 10)

    before = session.runs("Sending 10 a POST", run)
    session.fill(counts.much)
    after = session.runs("Sending 10 a POST", run)
    little, much = (figure([one.a_second for one in runs]) for runs in (before, after))
    ratio = Target("of the same before", much.middle / little.middle, 0.85)
    notes = {
        "CPU before, µs a reading": _middle([one.cpu_us for one in before]),
        "CPU, µs a reading": _middle([one.cpu_us for one in after]),
    }
    name, beside = f"10 a POST with {counts.much:,} stored", {f"{counts.little:,} stored": little}
    return [Line(name, "readings/s", much, (ratio,), beside, notes)]


def late_readings(session: Session) -> list[Line]:
    gateway, count = session.house.gateways[-1], session.counts.late

    def replay() -> Run:
        return session.stage.replay(gateway, count, min(LATE_A_POST, count), apart=LATE_APART)

    runs = session.runs("Sending late readings of one admission", replay)
    took = figure([run.seconds for run in runs])
    target = Target("seconds", took.middle, 5, at_least=False)
    name = f"{session.counts.late:,} late readings of one admission"
    notes = {"CPU, µs a reading": _middle([run.cpu_us for run in runs])}
    return [Line(name, "s", took, (target,), notes=notes)]


def memory(session: Session) -> list[Line]:
    """The largest process of the worker, looked at along the way."""
    each, root = session.counts.memory // session.counts.memory_runs, session.stage.running.pids
    seen = [_resident(root)]
    with step(f"Sending {session.counts.memory:,} readings, 100 a POST"):
        for _ in range(session.counts.memory_runs):
            session.stage.run(each, 100)
            seen.append(_resident(root))
    grown = seen[-1] / seen[len(seen) // 2]
    targets = (
        Target("MB", seen[-1], 250, at_least=False),
        Target("of what it was half-way", grown, 1.05, at_least=False),
    )
    name = f"worker's memory after {session.counts.memory:,} readings"
    notes = {"MB along the way": " ".join(f"{value:.0f}" for value in seen)}
    return [Line(name, "MB", Figure(seen[-1], min(seen), max(seen)), targets, notes=notes)]


def figures(session: Session) -> list[Line]:
    """By a program of its own: what it measures needs a database of its own."""
    with step("Measuring the figures of a country"):
        return figure_rows(session.counts)


# Those that send much come last: what was measured minutes ago is looked at with each new set.
ROWS: Final[dict[str, Callable[[Session], list[Line]]]] = {
    "figures": figures,
    "ten": ten,
    "accept": accept,
    "board": board_rows,
    "round": round_rows,
    "one": one,
    "scored": scored,
    "late": late_readings,
    "full": full,
    "hundred": hundred,
    "memory": memory,
}
# These stand beside the tutorial design and COPY, measured before the house runs.
BESIDE: Final = frozenset({"ten", "hundred", "one"})
# These need no house, and come before it: then nothing else has the machine.
APART: Final = frozenset({"figures"})


def _way_in(runs: Sequence[Run], how: str, wanted: float) -> Line:
    speed = figure([run.a_second for run in runs])
    notes = {
        "CPU, µs a reading": _middle([run.cpu_us for run in runs]),
        "CPU, µs a POST": {"load": median(r.seen.cpu / r.seen.posts * 1e6 for r in runs)},
        "accepted, ms": _middle([run.seen.latency_ms for run in runs]),
        "scored, ms": _middle([run.scored_ms for run in runs]),
        "most waiting, readings": median(max((n for _, n in r.backlog), default=0) for r in runs),
    }
    target = Target("readings/s", speed.middle, wanted)
    return Line(f"HTTP → stored and scored, {how}", "readings/s", speed, (target,), notes=notes)


def _steady(session: Session) -> Line:
    """Whether what waits stops growing when uploads come at the rate that should be borne."""
    offered, seconds = session.counts.steady, session.counts.offered_seconds
    runs = session.runs(
        f"Offering {offered:,} a second",
        lambda: session.stage.run(offered * seconds, 100, a_second=offered),
    )
    waiting = figure([_late_backlog(run) / offered for run in runs])
    target = Target("wait", waiting.middle, 1.0, at_least=False)
    name = f"backlog, 100 a POST at {offered:,} readings/s offered"
    notes = {"waiting, readings": " ".join(str(n) for _, n in runs[0].backlog[::4])}
    return Line(name, "s", waiting, (target,), notes=notes)


def _late_backlog(run: Run) -> float:
    """Readings that wait, the mean of the last quarter of the sending."""
    took = run.seen.ended - run.seen.began
    last = [n for at, n in run.backlog if 0.75 * took <= at <= took]
    return sum(last) / max(1, len(last))


def _resident(roots: dict[str, int]) -> float:
    return spent.memory_of_tree(roots["worker"]) / MEGABYTE


def _middle(runs: Sequence[dict[str, float]]) -> dict[str, Any]:
    """The median of each part."""
    names = dict.fromkeys(name for run in runs for name in run)
    return {name: median(run.get(name, 0.0) for run in runs) for name in names}
