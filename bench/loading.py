"""Drives the load's process: what it sends, when it starts, and what it saw."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.load.uploads import Plan
from vwards.local.programs import REPOSITORY, LocalError

CLIENTS = 16


@dataclass(frozen=True)
class Seen:
    """What the load's process tells; times are of the wall clock, in seconds."""

    posts: int
    fresh: int
    again: int
    began: float
    ended: float
    took: float
    cpu: float
    latency_ms: dict[str, float]
    refused: dict[str, int]


@dataclass
class Load:
    """A process that has made its requests and waits for the word."""

    process: subprocess.Popen[str]
    receipts: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def go(self) -> None:
        self._say("go")

    def seen(self) -> Seen:
        """Waits for its end; a refusal would make the figure a lie."""
        seen = Seen(**json.loads(self._hear()))
        if seen.refused:
            raise LocalError(f"Uploads were refused, by status: {seen.refused}")
        return seen

    def accepted(self) -> list[str]:
        return self.receipts.read_text().split()

    def is_over(self) -> bool:
        return self.process.poll() is not None

    def _say(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def _hear(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise LocalError("The load's process ended early.")
        return line


def of_gateways(
    plan: Plan, address: tuple[str, int], folder: Path, *, posts_a_second: float = 0
) -> dict[str, Any]:
    """`posts_a_second` 0 is as fast as they are answered."""
    return _told(address, folder, posts_a_second) | {"plan": asdict(plan)}


def of_tutorial(told: dict[str, Any], address: tuple[str, int], folder: Path) -> dict[str, Any]:
    return _told(address, folder, 0) | {"tutorial": told}


@contextmanager
def load(told: dict[str, Any]) -> Iterator[Load]:
    """Ready to go."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.load"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )
    made = Load(process, Path(told["receipts"]))
    try:
        made._say(json.dumps(told, default=datetime.isoformat))
        made._hear()
        yield made
    finally:
        process.kill()
        process.communicate()


def _told(address: tuple[str, int], folder: Path, posts_a_second: float) -> dict[str, Any]:
    return {
        "host": address[0],
        "port": address[1],
        "clients": CLIENTS,
        "posts_a_second": posts_a_second,
        "receipts": str(folder / "receipts.txt"),
    }
