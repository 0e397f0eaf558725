"""`python -m bench.figures`: the figures of a country of two years, on servers of its own.

The table of `make bench` has them as its row `figures`, and reads the last line that this prints.
"""

import argparse
import datetime as dt
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict

from bench import report
from bench.figures import measures, system
from bench.report import Line
from bench.servers import servers
from vwards.local.running import step


def main() -> int:
    asked = _asked()
    size = system.SMALL if asked.quick else system.ENGLAND
    with servers():
        lines = list(_measured(size, asked))
    for line in lines:
        print(f"\n{report.told(line)}")
    print(json.dumps([asdict(line) for line in lines]))
    return 0


def _measured(size: system.Size, asked: argparse.Namespace) -> Iterator[Line]:
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    days = [now.date() - dt.timedelta(days=n) for n in range(size.days, 0, -1)]
    with step(f"Making {size.beds:,} beds and {size.stays:,} stays"):
        system.make(size, now)
    with step(f"Counting {size.days} days, {asked.runs + 1} times"):
        yield measures.full_recomputation(days, now, asked.runs)
    with step("Looking at the figures"):
        yield measures.icb_page(asked.runs, asked.looks)
        yield measures.england(days[0], days[-1], asked.looks)
        yield measures.england_now(now, asked.looks)
    with step("Correcting stays"):
        yield measures.corrected_stay(now, asked.looks)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.figures", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--looks", type=int, default=30)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
