"""A whole installation of its own, whose parts a test may stop, freeze, kill and start again."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import redis

from tests import cluster
from tests.cluster import TEMPLATE
from vwards.local import children, commands
from vwards.local.programs import REPOSITORY, home, servant
from vwards.local.servers import LOOPBACK, Postgres, Valkey, free_port, own

CALM = "calm"
# What this run of the tests has set for itself.
_OURS = ("DEBUG", "BEHIND_TLS", "CONN_MAX_AGE", "REDIS_KEY_PREFIX", "CELERY_QUEUE")
_READY_SECONDS = 100


@dataclass
class House:
    """PostgreSQL, Valkey, web servers, workers and beats, in one folder.

    Beside its database stands `calm`, a copy from before the first upload.
    """

    folder: Path
    postgres: Postgres = field(init=False)
    valkey: Valkey = field(init=False)
    environment: dict[str, str] = field(init=False)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)

    def open(self) -> None:
        """With patients who wear hubs, a web server, a worker and a beat."""
        own(self.folder, servant(), mode=0o755)
        cluster.copy_migrated(self.folder / "postgres")
        self.postgres = Postgres(self.folder / "postgres", durable=True)
        self.valkey = Valkey(self.folder / "valkey", durable=False)
        self.postgres.start()
        self.valkey.start()
        inherited = {name: value for name, value in os.environ.items() if name not in _OURS}
        self.environment = inherited | {
            "DJANGO_SETTINGS_MODULE": "vwards.settings",
            "DEMO": "1",
            "LOG_LEVEL": "WARNING",
            "DATABASE_URL": self.postgres.url(TEMPLATE),
            "REDIS_URL": self.valkey.url(),
        }
        self._furnish()
        self.start_all()

    def close(self) -> None:
        for name in list(self.running):
            self.kill(name)
        self.valkey.stop()
        self.postgres.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_all(self) -> None:
        """Whatever of the first of each kind does not run."""
        starts = {"web": self.start_web, "worker": self.start_worker, "beat": self.start_beat}
        assert starts.keys() == commands.everything(0, self.folder).keys()
        for name, start in starts.items():
            if name not in self.running:
                start(name)
        assert within(_READY_SECONDS, lambda: self.answers("web")), self.told()

    def start_web(self, name: str = "web", **environment: str) -> None:
        port = self.ports.setdefault(name, free_port())
        self._start(name, commands.web(port), environment)

    def start_worker(self, name: str = "worker") -> None:
        self._start(name, commands.worker())

    def start_beat(self, name: str = "beat") -> None:
        schedule = self.folder / f"{name}-schedule"
        schedule.unlink(missing_ok=True)
        self._start(name, commands.beat(schedule))

    def kill(self, name: str) -> None:
        """As the kernel does when memory runs out: the whole group, at once, unasked."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        children.stop(process, by=signal.SIGKILL)

    def stop_postgres_at_once(self) -> None:
        """SIGQUIT is PostgreSQL's own name for it: no checkpoint, recovery on the next start."""
        assert self.postgres.process
        children.stop(self.postgres.process, by=signal.SIGQUIT)

    def configure(self, **settings: str) -> None:
        """PostgreSQL's, while it runs."""
        connection = psycopg2.connect(self.postgres.url())
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                for name, value in settings.items():
                    cursor.execute(f"ALTER SYSTEM SET {name} = %s", [value])
                cursor.execute("SELECT pg_reload_conf()")
        finally:
            connection.close()

    def empty_valkey(self) -> None:
        with redis.Redis.from_url(self.valkey.url()) as client:
            client.flushall()

    def queued(self) -> int:
        with redis.Redis.from_url(self.valkey.url()) as client:
            return int(client.llen("vwards:vwards"))

    def kill_valkey(self) -> None:
        assert self.valkey.process
        children.stop(self.valkey.process, by=signal.SIGKILL)

    @contextmanager
    def frozen(self, *names: str) -> Iterator[None]:
        """Alive, and doing nothing: what no supervisor notices."""
        groups = [self._process(name).pid for name in names]
        try:
            for group in groups:
                os.killpg(group, signal.SIGSTOP)
            yield
        finally:
            for group in groups:
                os.killpg(group, signal.SIGCONT)

    def answers(self, name: str) -> bool:
        try:
            return self.get(name, "/readyz")[0] == http.HTTPStatus.OK
        except OSError:
            return False

    def get(self, name: str, path: str) -> tuple[int, bytes]:
        web = http.client.HTTPConnection(LOOPBACK, self.ports[name], timeout=5)
        try:
            web.request("GET", path, headers={"Authorization": f"Bearer {self.keys[0]}"})
            answer = web.getresponse()
            return answer.status, answer.read()
        finally:
            web.close()

    def manage(self, *arguments: str) -> None:
        """Runs a management command to its end."""
        self._run(["manage.py", *arguments])

    def rows(self, statement: str, *given: object, calm: bool = False) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(self.postgres.url(CALM if calm else TEMPLATE))
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, given or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def ask(self, statement: str, *given: object) -> Any:
        """The first value of a query's first row."""
        return (self.rows(statement, *given) or [(None,)])[0][0]

    def waiting(self) -> int:
        return int(self.ask("SELECT count(*) FROM observations_inbox"))

    def told(self) -> str:
        """The end of each log, for a test that failed."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"{log.name}:\n{children.last_lines(log)}" for log in logs)

    def _process(self, name: str) -> subprocess.Popen[bytes]:
        process = self.valkey.process if name == "valkey" else self.running[name]
        assert process
        return process

    def _furnish(self) -> None:
        place = json.loads(self._run(["-m", "tests.faults.furnish"]).splitlines()[-1])
        self.keys, self.devices = place["keys"], place["devices"]
        copied = psycopg2.connect(self.postgres.url())
        copied.autocommit = True
        try:
            copied.cursor().execute(f"CREATE DATABASE {CALM} TEMPLATE {TEMPLATE}")
        finally:
            copied.close()

    def _run(self, arguments: list[str]) -> bytes:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def _start(
        self, name: str, command: list[str], environment: dict[str, str] | None = None
    ) -> None:
        self.running[name] = children.start(
            command,
            log=self.folder / f"{name}.log",
            environment=self.environment | (environment or {}),
            cwd=str(REPOSITORY),
        )


def build() -> House:
    folder = home() / "fault-house"
    shutil.rmtree(folder, ignore_errors=True)
    return House(folder)


def within(seconds: float, holds: Callable[[], object]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False
