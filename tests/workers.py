"""Real Celery workers, bound to this run's database, key prefix and queue."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from vwards.celery import app
from vwards.local import children

READY_SECONDS = 30


@dataclass
class Worker:
    """One `celery worker` process, which a test may freeze, thaw or kill."""

    process: subprocess.Popen[bytes]
    log: Path

    def freeze(self) -> None:
        os.killpg(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.killpg(self.process.pid, signal.SIGCONT)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Alive, and doing nothing: what no supervisor notices."""
        self.freeze()
        try:
            yield
        finally:
            self.thaw()

    def stop(self) -> None:
        self.thaw()
        children.stop(self.process, by=signal.SIGQUIT, patience=3)


StartWorker = Callable[..., Worker]


@pytest.fixture
def start_worker(transactional_db, tmp_path) -> Iterator[StartWorker]:
    """Starts workers for this test; `beat=True` runs the schedule in one of them."""
    workers: list[Worker] = []

    def start(*, beat: bool = True) -> Worker:
        worker = _start(tmp_path / f"worker-{len(workers)}", beat=beat)
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        worker.stop()
    app.control.purge()


@pytest.fixture(scope="module")
def _shared_worker(django_db_setup, django_db_blocker) -> Iterator[Worker]:
    with tempfile.TemporaryDirectory() as folder, django_db_blocker.unblock():
        worker = _start(Path(folder) / "worker", beat=True)
        yield worker
        worker.stop()


@pytest.fixture
def worker(transactional_db, _shared_worker: Worker) -> Worker:
    """A worker with its beat, shared by the tests of a file: whoever freezes it thaws it. It ends
    with the file, for it would take what other tests accept before they drain it themselves."""
    assert _shared_worker.process.poll() is None, children.last_lines(_shared_worker.log)
    return _shared_worker


def environment() -> dict[str, str]:
    """What a process needs to work on this test's database instead of the run's first one."""
    chosen = settings.DATABASES["default"]
    # A flush between two tests may meet a task half-way: let the task be the one that loses.
    loser = "options=-c%20deadlock_timeout%3D50ms"
    url = (
        f"postgresql://{chosen['USER']}:{chosen['PASSWORD']}@{chosen['HOST']}:{chosen['PORT']}"
        f"/{connection.settings_dict['NAME']}?{loser}"
    )
    return {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}


def _start(folder: Path, *, beat: bool) -> Worker:
    folder.mkdir(parents=True)
    log = folder / "worker.log"
    schedule = ["-B", "-s", str(folder / "beat")] if beat else []
    process = children.start(
        [
            *(sys.executable, "-m", "celery", "-A", "vwards", "worker"),
            *("--pool", "prefork", "--concurrency", "1", "--loglevel", "WARNING"),
            *("--without-gossip", "--without-mingle"),
            *schedule,
        ],
        log=log,
        environment=environment(),
        cwd=str(settings.BASE_DIR),
    )
    started = Worker(process, log)
    if not _ready(started):
        started.stop()
        raise AssertionError(f"The worker does not start:\n{children.last_lines(log)}")
    return started


def _ready(worker: Worker) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and worker.process.poll() is None:
        if app.control.ping(timeout=0.3):
            return True
    return False
