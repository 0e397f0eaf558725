"""The demo's processes: started one by one, watched together, stopped in reverse."""

import fcntl
import http.client
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from vwards.local import children
from vwards.local.programs import REPOSITORY, LocalError
from vwards.local.servers import LOOPBACK, Postgres, Valkey

LOCAL = REPOSITORY / ".local"
LOCK = LOCAL / "demo.lock"
READY_SECONDS = 60
MANAGE = [sys.executable, "manage.py"]


@dataclass
class Child:
    """Something that must run as long as the demo does."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


@dataclass
class Demo:
    """The settings of this run and what it has started so far."""

    port: int
    simulate: bool
    keep: bool
    servers: list[Postgres | Valkey] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def database(self) -> str:
        return self.environment["DATABASE_URL"]

    def start(self, name: str, *command: str) -> None:
        log = _empty_log(name)
        process = children.start(
            command, log=log, environment=self.environment, cwd=str(REPOSITORY)
        )
        self.children.append(Child(name, process, log))

    def manage(self, what: str, *arguments: str, **environment: str) -> None:
        """Runs one management command to its end."""
        log = _empty_log(arguments[0])
        with step(what):
            process = children.start(
                [*MANAGE, *arguments],
                log=log,
                environment={**self.environment, **environment},
                cwd=str(REPOSITORY),
            )
            try:
                code = process.wait()
            finally:
                children.stop(process, patience=2)
        if code:
            raise LocalError(f"{what} failed. The end of {log}:\n{children.last_lines(log)}")

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            self.check_children()
            if _ready(self.port):
                return
            time.sleep(0.1)
        raise LocalError(f"{self.base_url}/readyz does not answer; see {LOCAL}/web.log")

    def check_children(self) -> None:
        """All of them run, or the demo is over."""
        servers = [Child(type(s).__name__, s.process, s.log) for s in self.servers if s.process]
        for child in servers + self.children:
            code = child.process.poll()
            if code is not None:
                raise LocalError(
                    f"{child.name} stopped by itself (exit {code}), so all stops. "
                    f"The end of {child.log}:\n{children.last_lines(child.log)}"
                )

    def stop(self) -> None:
        """The last one started stops first, so that nobody works against a server that is gone."""
        if not self.children and not self.servers:
            return
        with step("Stopping"):
            for child in reversed(self.children):
                if child.process.poll() is None:
                    child.process.send_signal(signal.SIGTERM)
            for child in reversed(self.children):
                children.stop(child.process, patience=5)
            for server in reversed(self.servers):
                server.stop()


@contextmanager
def step(what: str) -> Iterator[None]:
    """Says what is going on, and how long it took."""
    print(f"{what} … ", end="", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print("stopped", flush=True)
        raise
    print(f"{time.monotonic() - started:.1f} s", flush=True)


@contextmanager
def only_one(refusal: str) -> Iterator[None]:
    """Holds the lock of this folder's demo; the kernel lets go of it however we end."""
    LOCAL.mkdir(exist_ok=True)
    with LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalError(refusal) from None
        yield


def _ready(port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _empty_log(name: str) -> Path:
    log = LOCAL / f"{name}.log"
    log.write_bytes(b"")
    return log
