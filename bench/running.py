"""The house's own processes, started as the demo starts them."""

import http.client
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from time import monotonic, sleep

from bench.servers import Servers
from vwards.local import children, commands
from vwards.local.programs import REPOSITORY, LocalError
from vwards.local.servers import LOOPBACK, free_port

READY_SECONDS = 60


@dataclass
class Running:
    """Processes by name, and where their web server answers."""

    port: int = field(default_factory=free_port)
    processes: dict[str, Popen[bytes]] = field(default_factory=dict)
    logs: dict[str, Path] = field(default_factory=dict)

    @property
    def address(self) -> tuple[str, int]:
        return LOOPBACK, self.port

    @property
    def pids(self) -> dict[str, int]:
        return {name: process.pid for name, process in self.processes.items()}

    def check(self) -> None:
        """One that ended by itself would make every figure a lie."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                raise LocalError(f"{name} stopped by itself.\n{self.told()}")

    def told(self) -> str:
        """The end of each log."""
        return "\n".join(f"{name}: {children.last_lines(log)}" for name, log in self.logs.items())


@contextmanager
def house(servers: Servers) -> Iterator[Running]:
    """Web, workers and whatever else the demo runs."""
    running = Running()
    wanted = commands.everything(running.port, servers.folder / "beat")
    with _started(running, wanted, servers, servers.environment):
        _wait(running, "/readyz")
        yield running


@contextmanager
def tutorial(servers: Servers, environment: Mapping[str, str]) -> Iterator[Running]:
    """The same web server with another application in it."""
    running = Running()
    wanted = {"web": commands.web(running.port, "bench.tutorial.asgi:application")}
    with _started(running, wanted, servers, environment):
        _wait(running, "/api/readings/")
        yield running


@contextmanager
def _started(
    running: Running,
    wanted: Mapping[str, list[str]],
    servers: Servers,
    environment: Mapping[str, str],
) -> Iterator[None]:
    try:
        for name, command in wanted.items():
            running.logs[name] = servers.folder / f"{name}.log"
            running.processes[name] = children.start(
                command,
                log=running.logs[name],
                # PostgreSQL tells its sessions apart by it.
                environment={**environment, "PGAPPNAME": name},
                cwd=str(REPOSITORY),
            )
        yield
    finally:
        for process in reversed(running.processes.values()):
            children.stop(process, patience=5)


def _wait(running: Running, path: str) -> None:
    deadline = monotonic() + READY_SECONDS
    while monotonic() < deadline:
        running.check()
        if _answers(running, path):
            return
        sleep(0.1)
    raise LocalError(f"The web server does not answer at {path}.\n{running.told()}")


def _answers(running: Running, path: str) -> bool:
    """Whether it lets somebody in, or refuses as one that is ready does."""
    connection = http.client.HTTPConnection(*running.address, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except OSError:
        return False
    finally:
        connection.close()
