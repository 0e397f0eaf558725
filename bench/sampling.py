"""How many uploads wait, looked at twice a second while a run goes on."""

import threading
import time
from typing import Self

SECONDS = 0.5


class Sampler:
    """A thread with a connection of its own."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._seen: list[tuple[float, int]] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def since(self, began: float) -> list[tuple[float, int]]:
        """Seconds since then, and readings that waited."""
        return [(round(at - began, 2), waiting) for at, waiting in self._seen]

    def _run(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            while not self._over.wait(SECONDS):
                cursor.execute(
                    "SELECT coalesce(sum(count), 0) FROM observations_inbox WHERE parked_at IS NULL"
                )
                self._seen.append((time.time(), int(cursor.fetchone()[0])))
        connection.close()
