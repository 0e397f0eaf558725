"""Real PostgreSQL and real Valkey on this machine, on loopback and for us only."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psycopg2
import redis

from vwards.local import children
from vwards.local.programs import LocalError, Servant, postgres_programs, servant, valkey_program

LOOPBACK = "127.0.0.1"
SUPERUSER = "vwards"
STARTS = 3
START_SECONDS = 30.0


class Postgres:
    """One cluster in `folder`, kept from one start to the next, as is its address."""

    def __init__(
        self, folder: Path, *, durable: bool, settings: Mapping[str, object] | None = None
    ) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "postgres.log"
        self.durable = durable
        self.settings = settings or {}
        self.process: subprocess.Popen[bytes] | None = None
        self._servant: Servant = servant()
        self._port = 0

    def start(self) -> None:
        """Starts it, makes the cluster first where there is none, and waits until it answers."""
        own(self.folder, self._servant)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        for attempt in range(1, STARTS + 1):
            self._launch()
            if self._answers():
                return
            self.stop()
            self._port = 0
            if attempt == STARTS or "Address already in use" not in children.last_lines(self.log):
                raise LocalError(_why("PostgreSQL does not start", self.log))

    def stop(self) -> None:
        """A fast shutdown: sessions are ended, everything is on the disk."""
        if self.process:
            children.stop(self.process, by=signal.SIGINT, patience=20)
            self.process = None

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{SUPERUSER}:{self._password()}@{LOOPBACK}:{self._port}/{database}"

    def ensure_database(self, name: str) -> str:
        """The address of that database, which is made when missing."""
        with _autocommitting(self.url()) as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not cursor.fetchone():
                cursor.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def drop_database(self, name: str) -> None:
        with _autocommitting(self.url()) as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _initialise(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        password = self.folder / "password"
        password.write_text(secrets.token_urlsafe(18))
        own(password, self._servant, mode=0o600)
        programs = postgres_programs()
        command = [
            *(str(programs / "initdb"), "-D", str(self.data), "-U", SUPERUSER),
            *("-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8", "--no-sync"),
            *_locale(programs),
        ]
        made = subprocess.run(command, check=False, capture_output=True, **self._servant.popen)
        if made.returncode:
            self.log.write_bytes(made.stdout + made.stderr)
            shutil.rmtree(self.data, ignore_errors=True)
            raise LocalError(_why("PostgreSQL's files cannot be made", self.log))

    def _launch(self) -> None:
        self._port = self._port or free_port()
        settings = {
            "listen_addresses": LOOPBACK,
            "port": self._port,
            "unix_socket_directories": "",
            "max_connections": 120,
            # A day's partitions, their indexes and their parents, for each session at once.
            "max_locks_per_transaction": 256,
            "shared_buffers": "256MB",
            "max_wal_size": "2GB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **({} if self.durable else FORGETFUL),
            **self.settings,
        }
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.process = children.start(
            [postgres_programs() / "postgres", "-D", self.data, *flags],
            log=self.log,
            stop_signal=signal.SIGINT,
            environment=_plain_environment(),
            **self._servant.popen,
        )

    def _answers(self) -> bool:
        def connect() -> None:
            psycopg2.connect(self.url(), connect_timeout=2).close()

        return _wait(connect, psycopg2.OperationalError, self.process)

    def _password(self) -> str:
        return (self.folder / "password").read_text()


class Valkey:
    """One Valkey in `folder`; durable means that it appends each write to a file."""

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self.folder = folder
        self.log = folder / "valkey.log"
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self._servant = servant()
        self._password = secrets.token_urlsafe(18)
        self._port = 0

    def start(self) -> None:
        own(self.folder, self._servant)
        for attempt in range(1, STARTS + 1):
            self._launch()
            if self._answers():
                return
            self.stop()
            self._port = 0
            if attempt == STARTS or "in use" not in children.last_lines(self.log):
                raise LocalError(_why("Valkey does not start", self.log))

    def stop(self) -> None:
        if self.process:
            children.stop(self.process, by=signal.SIGTERM, patience=5)
            self.process = None

    def url(self, database: int = 0) -> str:
        return f"redis://:{self._password}@{LOOPBACK}:{self._port}/{database}"

    def _launch(self) -> None:
        self._port = self._port or free_port()
        self.process = children.start(
            [valkey_program(), "-"],
            log=self.log,
            stdin=subprocess.PIPE,
            environment=_plain_environment(),
            **self._servant.popen,
        )
        # By standard input, so that no list of processes shows the password.
        assert self.process.stdin
        self.process.stdin.write(self._configuration().encode())
        self.process.stdin.close()

    def _configuration(self) -> str:
        lines = [
            f"bind {LOOPBACK}",
            f"port {self._port}",
            f"requirepass {self._password}",
            f"dir {self.folder}",
            f"appendonly {'yes' if self.durable else 'no'}",
            'save ""',
        ]
        return "\n".join(lines) + "\n"

    def _answers(self) -> bool:
        def ping() -> None:
            with redis.Redis.from_url(self.url(), socket_timeout=2) as client:
                client.ping()

        return _wait(ping, redis.RedisError, self.process)


FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
        return port


def own(path: Path, who: Servant, *, mode: int = 0o700) -> None:
    """Gives a file or folder, made where missing, to the servers' user."""
    if not path.exists():
        path.mkdir(parents=True)
    path.chmod(mode)
    if os.getuid() == 0:
        os.chown(path, who.uid, who.gid)


def _plain_environment() -> dict[str, str]:
    """Nothing of ours: a PGDATA or a secret is no business of a server's."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"}


def _locale(programs: Path) -> list[str]:
    """One order and one lower case everywhere, whatever the machine's locale is."""
    shown = subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True)
    major = int(shown.stdout.split()[2].split(b".")[0])
    if major >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8"]


def _wait(
    ask: Callable[[], None],
    refusal: type[Exception],
    process: subprocess.Popen[bytes] | None,
) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while process and process.poll() is None and time.monotonic() < deadline:
        try:
            ask()
        except refusal:
            time.sleep(0.03)
        else:
            return True
    return False


def _why(what: str, log: Path) -> str:
    lines = children.last_lines(log, 8)
    if "No space left" in lines:
        return f"{what}: the disk is full; make room below {log.parent} and try again."
    return f"{what}; see {log}. It last said: {lines.splitlines()[-1] if lines else 'nothing'}"


class _autocommitting:  # noqa: N801 — read as a verb in a with statement
    """A cursor outside any transaction, as CREATE DATABASE wants it."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg2.connect(url)
        self._connection.autocommit = True

    def __enter__(self) -> Any:
        return self._connection.cursor()

    def __exit__(self, *_: object) -> None:
        self._connection.close()
