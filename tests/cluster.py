"""One PostgreSQL and one Valkey a run: the controller starts them, its workers inherit them."""

import atexit
import os
import shutil
from pathlib import Path

from vwards.local.programs import home
from vwards.local.servers import Postgres, Valkey, own, servant

GIVEN = ("DATABASE_URL", "REDIS_URL")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
INHERITED = "VWARDS_TEST_CLUSTER"


def start() -> None:
    """Puts both addresses into the environment, from which the settings read them."""
    if os.environ.get(INHERITED) or all(os.environ.get(name) for name in GIVEN):
        return
    folder = _new_folder()
    os.environ[INHERITED] = str(folder)
    if not os.environ.get("DATABASE_URL"):
        postgres = Postgres(folder / "postgres", durable=False)
        postgres.start()
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        atexit.register(postgres.stop)
        os.environ["DATABASE_URL"] = postgres.url("vwards")
    if not os.environ.get("REDIS_URL"):
        valkey = Valkey(folder / "valkey", durable=False)
        valkey.start()
        atexit.register(valkey.stop)
        os.environ["REDIS_URL"] = valkey.url()


def _new_folder() -> Path:
    """A folder of this process; what a killed run left behind goes."""
    runs = home() / "tests"
    own(runs, servant(), mode=0o755)
    for old in runs.iterdir():
        if not _alive(old.name):
            shutil.rmtree(old, ignore_errors=True)
    folder = runs / str(os.getpid())
    own(folder, servant())
    return folder


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
