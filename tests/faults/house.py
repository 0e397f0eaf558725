"""A whole installation of its own, whose parts a test may stop, kill and start again."""

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import redis

from tests.cluster import TEMPLATE
from vwards.local import children
from vwards.local.programs import REPOSITORY
from vwards.local.servers import LOOPBACK, Postgres, Valkey, free_port

PLACE = """
import datetime, django, json
django.setup()
from tests.observations.factories import make_gateway, make_held_hub, make_key
from tests.patients.factories import make_admission, make_clinician
now = datetime.datetime.now(datetime.UTC)
admission = make_admission(at=now - datetime.timedelta(days=3))
hub = make_held_hub(admission, by=make_clinician(admission.ward))
print(json.dumps({"key": make_key(make_gateway()), "device": hub.serial}))
"""
READY_SECONDS = 40


@dataclass
class House:
    """PostgreSQL, Valkey, a web server and a worker with its beat, in one folder."""

    folder: Path
    postgres: Postgres = field(init=False)
    valkey: Valkey = field(init=False)
    environment: dict[str, str] = field(init=False)
    port: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    key: str = ""
    device: str = ""

    def open(self, inherited: dict[str, str]) -> None:
        """With one patient who wears one hub; `folder` holds a migrated cluster already."""
        self.postgres = Postgres(self.folder / "postgres", durable=True)
        self.valkey = Valkey(self.folder / "valkey", durable=False)
        self.postgres.start()
        self.valkey.start()
        self.environment = inherited | {
            "DJANGO_SETTINGS_MODULE": "vwards.settings",
            "DEMO": "1",
            "LOG_LEVEL": "WARNING",
            "DATABASE_URL": self.postgres.url(TEMPLATE),
            "REDIS_URL": self.valkey.url(),
        }
        self._furnish()
        self.start_web()

    def close(self) -> None:
        for name in list(self.running):
            self.kill(name)
        self.valkey.stop()
        self.postgres.stop()

    def start_web(self) -> None:
        self._start(
            "web",
            *("gunicorn", "vwards.wsgi", "--bind", f"{LOOPBACK}:{self.port}"),
            *("--worker-class", "gthread", "--threads", "4", "--no-control-socket"),
        )
        within(READY_SECONDS, self.answers)

    def start_worker(self) -> None:
        self._start(
            "worker",
            *("celery", "-A", "vwards", "worker", "-B", "-s", str(self.folder / "beat")),
            *("--concurrency", "1", "--loglevel", "WARNING"),
            *("--without-gossip", "--without-mingle"),
        )

    def kill(self, name: str) -> None:
        """As the kernel does when memory runs out: the whole group, at once, unasked."""
        children.stop(self.running.pop(name), by=signal.SIGKILL)

    def stop_postgres_at_once(self) -> None:
        """SIGQUIT is PostgreSQL's own name for it: no checkpoint, recovery on the next start."""
        assert self.postgres.process
        children.stop(self.postgres.process, by=signal.SIGQUIT)

    def empty_valkey(self) -> None:
        with redis.Redis.from_url(self.valkey.url()) as client:
            client.flushall()

    def kill_valkey(self) -> None:
        assert self.valkey.process
        children.stop(self.valkey.process, by=signal.SIGKILL)

    def send(self, readings: list[dict[str, Any]]) -> str | None:
        """The receipt, once it is promised; None when it was refused or nobody answered."""
        request = urllib.request.Request(
            f"http://{LOOPBACK}:{self.port}/api/v1/readings/",
            data=json.dumps({"readings": readings}).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return str(json.load(answer)["receipt"]) if answer.status == 202 else None
        except (urllib.error.URLError, OSError, TimeoutError):
            return None

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}/readyz", timeout=5) as got:
                return bool(got.status == 200)
        except OSError:
            return False

    def ask(self, statement: str, *given: object) -> Any:
        """The first value of a query's first row."""
        connection = psycopg2.connect(self.environment["DATABASE_URL"])
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, given)
                return (cursor.fetchone() or [None])[0]
        finally:
            connection.close()

    def waiting(self) -> int:
        return int(self.ask("SELECT count(*) FROM observations_inbox"))

    def told(self) -> str:
        """The end of each log, for a test that failed."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"{log.name}:\n{children.last_lines(log)}" for log in logs)

    def _furnish(self) -> None:
        made = subprocess.run(
            [sys.executable, "-c", PLACE],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            check=True,
        )
        place = json.loads(made.stdout.splitlines()[-1])
        self.key, self.device = place["key"], place["device"]

    def _start(self, name: str, *module: str) -> None:
        self.running[name] = children.start(
            [sys.executable, "-m", *module],
            log=self.folder / f"{name}.log",
            environment=self.environment,
            cwd=str(REPOSITORY),
        )


def within(seconds: float, holds: Callable[[], object]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False
