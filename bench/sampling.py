"""What a run looks like while it goes on, twice a second: what waits, and whose sessions work."""

import threading
import time
from typing import Self

from bench import counting, spent
from bench.spent import Spent

SECONDS = 0.5


class Sampler:
    """A thread with a connection of its own."""

    def __init__(self) -> None:
        self.lowest = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._waiting: list[tuple[float, int]] = []
        self._sessions: dict[tuple[int, str], float] = {}

    def __enter__(self) -> Self:
        self._before = spent.of_sessions()
        self._sessions |= self._before
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._sessions |= spent.of_sessions()

    def waiting(self, since: float) -> list[tuple[float, int]]:
        """Seconds since then, and readings that waited."""
        return [(round(at - since, 2), waiting) for at, waiting in self._waiting]

    def sessions(self) -> Spent:
        """CPU seconds of PostgreSQL by the program it worked for; sessions come and go."""
        added: Spent = {}
        for (pid, name), seconds in self._sessions.items():
            mine = seconds - self._before.get((pid, name), 0.0)
            added[f"postgres for {name}"] = added.get(f"postgres for {name}", 0.0) + mine
        return added

    def _run(self) -> None:
        from django.db import connection

        while not self._over.wait(SECONDS):
            first, readings = counting.waiting(self.lowest) or (self.lowest, 0)
            self.lowest = max(first, self.lowest)
            self._waiting.append((time.time(), readings))
            self._sessions |= spent.of_sessions()
        connection.close()
