"""The same uploads again, one after the other, with nothing going wrong: a program of its own.

Reads lines of JSON `[[key, body, received_at], …]` in the order of their arrival and answers each
line when all of it is stored.
"""

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from tests.faults.house import CALM, House
from vwards.local.programs import REPOSITORY

Sent = tuple[str, str, str]


@dataclass
class Calm:
    """That program, as a test sees it."""

    process: subprocess.Popen[str]

    @classmethod
    def beside(cls, house: House) -> Self:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.calm"],
            cwd=REPOSITORY,
            env=house.environment | {"DATABASE_URL": house.postgres.url(CALM)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return cls(process)

    def replay(self, uploads: Iterable[Sent]) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(list(uploads)) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "stored\n"

    def close(self) -> None:
        self.process.communicate()


def main() -> None:
    import django

    django.setup()
    from django.db import close_old_connections

    from observations.draining import drain
    from observations.intake import inbox

    for line in sys.stdin:
        close_old_connections()  # the server may have been stopped since
        for key, body, at in json.loads(line):
            inbox.accept(key=key, body=body.encode(), at=dt.datetime.fromisoformat(at))
        drain.drain_all()
        print("stored", flush=True)


if __name__ == "__main__":
    main()
