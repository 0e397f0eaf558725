"""A measure beside its limit, as a table for people and as JSON for comparing."""

import json
import os
import platform
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from vwards.local.programs import REPOSITORY

RESULTS = REPOSITORY / "bench" / "results"
RUNS = 3


@dataclass(frozen=True)
class Figure:
    """The median of some runs, and how far they lay apart."""

    middle: float
    least: float
    most: float


@dataclass(frozen=True)
class Line:
    """What was measured, and the most that this machine allows for the same work just then."""

    name: str
    unit: str
    figure: Figure
    limit_name: str
    limit: Figure

    @property
    def ratio(self) -> float:
        return self.figure.middle / self.limit.middle


def repeated(measure: Callable[[], float]) -> Figure:
    runs = [measure() for _ in range(RUNS)]
    return Figure(median(runs), min(runs), max(runs))


def tell(lines: Sequence[Line]) -> None:
    """The table; each limit stands under what it limits."""
    print(f"\n{'':44} {'median':>10} {'least':>10} {'most':>10}  {'':12} ratio")
    for line in lines:
        print(f"{line.name:44} {_row(line.figure)}  {line.unit:12} {line.ratio:.2f}")
        print(f"  {'beside ' + line.limit_name:42} {_row(line.limit)}")


def keep(lines: Sequence[Line]) -> Path:
    """One file a run, named by its time."""
    RESULTS.mkdir(exist_ok=True)
    at = datetime.now(UTC)
    file = RESULTS / f"{at:%Y%m%dT%H%M%SZ}.json"
    told = {
        "at": at.isoformat(),
        "commit": _commit(),
        "machine": {"cores": os.cpu_count(), "system": platform.platform()},
        "load_average_1_min": os.getloadavg()[0],
        "runs": RUNS,
        "lines": [asdict(line) | {"ratio": line.ratio} for line in lines],
    }
    file.write_text(json.dumps(told, indent=2) + "\n")
    return file


def _row(figure: Figure) -> str:
    return " ".join(_short(value) for value in (figure.middle, figure.least, figure.most))


def _short(value: float) -> str:
    return f"{value:>10,.0f}" if value >= 100 else f"{value:>10.2f}"


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    shown = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    return shown.stdout.strip()
