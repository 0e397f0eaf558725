"""`make bench`: each figure beside its limit and its target. `make bench BENCH="ten late"` for some
rows; `python -m bench --quick` sends little, and only shows that the bench runs."""

import argparse
import sys
import time
from dataclasses import replace

from bench import report, running, session
from bench.flow import Stage
from bench.machine import machine
from bench.rows import APART, BESIDE, ROWS
from bench.servers import Servers, servers
from bench.session import Counts, Session
from vwards.local.programs import LocalError
from vwards.local.running import step


def main() -> int:
    asked, started = _asked(), time.monotonic()
    counts = _counts(asked)
    try:
        with servers() as ours:
            done = _measured(ours, counts, asked.rows or list(ROWS))
            if not asked.quick:
                print(f"\nKept as {report.keep(done.lines, machine(ours.folder), counts.runs)}")
    except LocalError as problem:
        print(f"\nmake bench: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"\n{report.table(done.lines)}")
    print(f"\n{time.monotonic() - started:.0f} s in all. {_told_of(done.failed)}")
    return 1 if done.failed else 0


def _measured(ours: Servers, counts: Counts, names: list[str]) -> Session:
    _tell_machine(ours)
    one, wanted = Session(ours, counts), [name for name in ROWS if name in names]
    for name in (name for name in wanted if name in APART):
        _measure(one, name)
    of_house = [name for name in wanted if name not in APART]
    if of_house:
        _measure_house(one, of_house)
    return one


def _measure_house(one: Session, names: list[str]) -> None:
    place = session.furnish(one)
    if BESIDE & set(names):
        _tell_limits(one)
    with running.house(one.servers) as processes:
        one.started = Stage(one.servers, place, processes)
        with step("Sending some, to warm up"):
            one.started.run(one.counts.ten // 10, 10)
        for name in names:
            _measure(one, name)


def _measure(one: Session, name: str) -> None:
    """One that fails is told, and takes the others with it only where nothing works any more."""
    try:
        lines = ROWS[name](one)
    except LocalError as problem:
        if one.started:
            one.started.running.check()
        print(f"\nmake bench: {name}: {problem}", file=sys.stderr)
        one.failed.append(name)
        return
    for line in lines:
        print(f"\n{report.told(line)}")
    one.lines += lines


def _told_of(failed: list[str]) -> str:
    return f"Not measured: {' '.join(failed)}." if failed else ""


def _tell_machine(ours: Servers) -> None:
    told = machine(ours.folder)
    settings = told.pop("postgres")
    for part in (told, settings):
        print("; ".join(f"{name} {value}" for name, value in part.items()))


def _tell_limits(one: Session) -> None:
    """Before the house runs, so that nothing else has the machine."""
    for name, limit in (("COPY, rows", one.copy), ("tutorial design, readings", one.tutorial)):
        print(f"    {name} a second: {report.short(limit.middle)}")


def _counts(asked: argparse.Namespace) -> Counts:
    counts = session.QUICK if asked.quick else Counts()
    return replace(counts, runs=asked.runs or counts.runs)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[[], *ROWS], metavar="row", help=" ".join(ROWS))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--runs", type=int, help="of each row, in place of three")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
