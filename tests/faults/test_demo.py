"""`make demo` from start to end, in a copy of the code with next to no data."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform != "linux", reason="counts processes in /proc"),
]

LOADER = """
import json
from pathlib import Path
from django.core.management.base import BaseCommand

class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("--json")
        parser.add_argument("--plan")

    def handle(self, **options):
        Path(options["plan"]).write_text("{}")
        Path(options["json"]).write_text(json.dumps({"accounts": [], "loaded": str(Path.cwd())}))
"""
CODE = ["lib", "accounts", "capacity", "patients", "observations", "rounds", "vwards", "templates"]


@dataclass
class Running:
    """One launcher, and how to ask after what it started."""

    process: subprocess.Popen[str]
    port: int
    folder: Path
    said: str = ""

    def wait_until_ready(self) -> None:
        """Reads what it says up to the last line of its greeting."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line
            if line.startswith("Logs: "):
                break
        assert self._answer() == 200, self.said

    def _answer(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", "/readyz")
        status = connection.getresponse().status
        connection.close()
        return status

    def end(self) -> tuple[int, str]:
        out, problems = self.process.communicate(timeout=40)
        return self.process.returncode, self.said + out + problems


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[Path]:
    """The code as it stands, without a loader that takes a minute."""
    folder = tmp_path_factory.mktemp("house")
    for name in CODE:
        shutil.copytree(settings.BASE_DIR / name, folder / name)
    for name in ("manage.py", "requirements.txt"):
        shutil.copy(settings.BASE_DIR / name, folder / name)
    (folder / "static").mkdir()
    commands = folder / "rounds" / "management" / "commands"
    commands.mkdir(parents=True, exist_ok=True)
    for package in (commands, commands.parent):
        (package / "__init__.py").touch()
    (commands / "load_demo.py").write_text(LOADER)
    yield folder
    _vwards(folder, "clean").communicate()


@pytest.fixture
def start(house: Path):
    started: list[Running] = []

    def run(port: int | None = None) -> Running:
        port = port or _free_port()
        running = Running(_vwards(house, "demo", PORT=str(port), SIMULATE="0"), port, house)
        started.append(running)
        return running

    yield run
    for running in started:
        running.process.kill()
        running.process.communicate()


def test_a_demo_tells_its_address_refuses_another_and_stops_with_nothing_left(start):
    demo = start()
    demo.wait_until_ready()
    assert json.loads((demo.folder / ".local/demo.json").read_text())["base_url"] == (
        f"http://127.0.0.1:{demo.port}"
    )
    assert start().end() == (
        1,
        "\nmake demo: A demo runs here already; stop that one first.\n",
    )
    demo.process.send_signal(signal.SIGINT)
    code, said = demo.end()
    assert code == 0
    assert "Loading the demo data" in said
    assert f"Virtual wards: http://127.0.0.1:{demo.port}/" in said
    assert _left(demo) == []


def test_a_second_start_loads_nothing_again_and_leaves_nothing_when_its_launcher_is_killed(start):
    demo = start()
    demo.wait_until_ready()
    assert "Loading the demo data" not in demo.said
    demo.process.kill()
    demo.process.wait()
    assert _within(15, lambda: not _left(demo))


def test_a_taken_port_is_refused_in_one_line(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = start(port).end()
    assert code == 1
    assert said.strip() == (
        f"make demo: Port {port} is taken; choose another: make demo PORT={port + 1}"
    )


@pytest.mark.parametrize("name", ["celery -A vwards worker", "/postgres -D"])
def test_a_child_that_crashes_takes_all_with_it_and_is_named(start, name):
    demo = start()
    demo.wait_until_ready()
    family = _children(demo.process.pid)
    (victim,) = [pid for pid, command in family if name in command]
    os.kill(victim, signal.SIGKILL)
    code, said = demo.end()
    assert code == 1
    assert "stopped by itself (exit -9), so all stops" in said
    assert _left(demo) == []


def _vwards(folder: Path, what: str, **variables: str) -> subprocess.Popen[str]:
    ours = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "DEBUG", "DEMO", "BEHIND_TLS")
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.Popen(
        [sys.executable, "-m", f"vwards.local.{what}"],
        cwd=folder,
        env={**inherited, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _children(parent: int) -> list[tuple[int, str]]:
    return [(pid, command) for pid, ppid, command in _processes() if ppid == parent]


def _left(demo: Running) -> list[str]:
    """What still runs out of that folder or of its servers' home."""
    marks = (str(demo.folder), f"127.0.0.1:{demo.port}")
    return [command for _, _, command in _processes() if any(mark in command for mark in marks)]


def _processes() -> list[tuple[int, int, str]]:
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    rows = (line.split(None, 2) for line in listed.stdout.splitlines())
    return [(int(pid), int(ppid), command) for pid, ppid, command in rows]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _within(seconds: float, holds) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False
