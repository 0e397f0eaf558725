"""A measure beside its limit and its target, as a table for people and as JSON for comparing."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from vwards.local.programs import REPOSITORY

RESULTS = REPOSITORY / "bench" / "results"


@dataclass(frozen=True)
class Figure:
    """The median of some runs, and how far they lay apart."""

    middle: float
    least: float
    most: float


@dataclass(frozen=True)
class Target:
    """What a number should reach; `at_least` or else at most."""

    name: str
    value: float
    wanted: float
    at_least: bool = True

    @property
    def reached(self) -> bool:
        return self.value >= self.wanted if self.at_least else self.value <= self.wanted


@dataclass(frozen=True)
class Line:
    """What was measured, what it should be, and what this machine allows in the same run."""

    name: str
    unit: str
    figure: Figure
    targets: Sequence[Target] = ()
    beside: dict[str, Figure] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)


def figure(values: Sequence[float]) -> Figure:
    return Figure(median(values), min(values), max(values))


def repeated(measure: Callable[[], float], runs: int) -> Figure:
    return figure([measure() for _ in range(runs)])


def told(line: Line) -> str:
    """Its limit under it, then each target, then where the time went."""
    limits = [f"beside {name}: {_row(limit)}" for name, limit in line.beside.items()]
    notes = [f"{name}: {_told(note)}" for name, note in line.notes.items()]
    under = [*limits, *map(_verdict, line.targets), *notes]
    return "\n    ".join([f"{line.name}: {_row(line.figure)} {line.unit}", *under])


def table(lines: Sequence[Line]) -> str:
    """In short: a row for each target."""
    rows = [f"{'':66}{'measured':>10} {'wanted':>10}"]
    for line, target in ((one, target) for one in lines for target in one.targets):
        name = f"{line.name}, {target.name}"
        wanted = "≥≤"[not target.at_least] + " " + short(target.wanted)
        mark = "" if target.reached else "  not reached"
        rows.append(f"{name:66}{short(target.value):>10} {wanted:>10}{mark}")
    return "\n".join(rows)


def keep(lines: Sequence[Line], machine: dict[str, Any], runs: int) -> Path:
    """One run, named by its time: for comparing as JSON, for reading as text."""
    RESULTS.mkdir(exist_ok=True)
    at = datetime.now(UTC)
    file = RESULTS / f"{at:%Y%m%dT%H%M%SZ}.json"
    facts = {"at": at.isoformat(), "runs": runs, "machine": machine}
    file.write_text(json.dumps(facts | {"lines": [_kept(line) for line in lines]}, indent=2) + "\n")
    parts = [_told(facts), table(lines), *map(told, lines)]
    file.with_suffix(".txt").write_text("\n\n".join(parts) + "\n")
    return file


def short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def _kept(line: Line) -> dict[str, Any]:
    reached = {target.name: target.reached for target in line.targets}
    return asdict(line) | {"reached": reached}


def _row(shown: Figure) -> str:
    return f"{short(shown.middle)} ({short(shown.least)}–{short(shown.most)})"


def _verdict(target: Target) -> str:
    sign, verdict = "≥≤"[not target.at_least], "reached" if target.reached else "NOT REACHED"
    return f"{target.name} {short(target.value)} {sign} {short(target.wanted)}: {verdict}"


def _told(note: Any) -> str:
    if isinstance(note, dict):
        return "  ".join(f"{name} {_told(value)}" for name, value in note.items())
    return short(note) if isinstance(note, (int, float)) else str(note)
