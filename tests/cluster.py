"""One PostgreSQL and one Valkey a run: the controller starts them, its workers inherit them."""

import atexit
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vwards.local.demo_data import migrations_now
from vwards.local.programs import REPOSITORY, home, servant
from vwards.local.servers import Postgres, Valkey, own

TEMPLATE = "vwards_template"
KEPT = 3
FOLDER = "VWARDS_TEST_FOLDER"
WITH_TEMPLATE = "VWARDS_TEST_TEMPLATE"


def start() -> None:
    """Puts both addresses into the environment, from which the settings read them."""
    if os.environ.get(FOLDER):
        return
    folder = _new_folder()
    os.environ[FOLDER] = str(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if not os.environ.get("DATABASE_URL"):
        _start_postgres(folder / "postgres")
    if not os.environ.get("REDIS_URL"):
        valkey = Valkey(folder / "valkey", durable=False)
        valkey.start()
        atexit.register(valkey.stop)
        os.environ["REDIS_URL"] = valkey.url()


def name() -> str:
    """Tells this run from others on the same servers."""
    return Path(os.environ[FOLDER]).name


def _start_postgres(folder: Path) -> None:
    """A copy of a cluster that is migrated already: copying takes 0.2 s, migrating 12 s."""
    copy_migrated(folder)
    postgres = Postgres(folder, durable=False)
    postgres.start()
    atexit.register(postgres.stop)
    os.environ["DATABASE_URL"] = postgres.url("vwards")
    os.environ[WITH_TEMPLATE] = TEMPLATE


def copy_migrated(folder: Path) -> None:
    """Files of a cluster that is not running, with all tables in its database TEMPLATE."""
    with _alone():
        subprocess.run(["cp", "-a", str(_migrated_cluster()), str(folder)], check=True)


def _migrated_cluster() -> Path:
    """Made anew when a migration or a dependency has changed; the last few are kept."""
    clusters = home() / "test-clusters"
    own(clusters, servant(), mode=0o755)
    wanted = clusters / migrations_now()
    if not wanted.exists():
        _migrate(clusters / "unfinished")
        (clusters / "unfinished").rename(wanted)
    os.utime(wanted)
    for old in sorted(clusters.iterdir(), key=lambda one: one.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(old)
    return wanted


def _migrate(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    postgres = Postgres(folder, durable=False)
    postgres.start()
    try:
        url = postgres.ensure_database(TEMPLATE)
        environment = {**os.environ, "DEMO": "1", "DATABASE_URL": url}
        environment["DJANGO_SETTINGS_MODULE"] = "vwards.settings"
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, check=True, cwd=REPOSITORY, env=environment)
    finally:
        postgres.stop()


@contextmanager
def _alone() -> Iterator[None]:
    """Two runs at once share the migrated cluster."""
    with (home() / "test-clusters.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _new_folder() -> Path:
    """A folder of this process; what a killed run left behind goes."""
    runs = home() / "tests"
    own(runs, servant(), mode=0o755)
    for old in runs.iterdir():
        if not _alive(int(old.name)):
            shutil.rmtree(old, ignore_errors=True)
    folder = runs / str(os.getpid())
    own(folder, servant())
    return folder


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
