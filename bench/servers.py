"""Servers of this run alone, set as a deployment's are; gone when the bench is over."""

import os
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import TEMPLATE, copy_migrated
from vwards.local.programs import home, servant
from vwards.local.servers import Postgres, Valkey, own

# As docker-compose.yml sets them; commits wait for the disk, as by default.
SETTINGS: dict[str, object] = {
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_buffers": "2GB",
    "effective_cache_size": "8GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    # Tells when a row could first be seen, and costs 10 bytes a transaction.
    "track_commit_timestamp": "on",
}
TUTORIAL = "bench_tutorial"


@dataclass(frozen=True)
class Servers:
    folder: Path
    postgres: Postgres
    environment: dict[str, str]


@contextmanager
def servers() -> Iterator[Servers]:
    """Durable ones, as in production; Django is set up on them in this process."""
    folder = _new_folder()
    copy_migrated(folder / "postgres")
    postgres = Postgres(folder / "postgres", durable=True, settings=SETTINGS)
    valkey = Valkey(folder / "valkey", durable=False)
    try:
        postgres.start()
        valkey.start()
        yield Servers(folder, postgres, _set_up(postgres.url(TEMPLATE), valkey.url()))
    finally:
        valkey.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _set_up(database: str, redis: str) -> dict[str, str]:
    for name in ("DEBUG", "BEHIND_TLS", "REDIS_KEY_PREFIX", "CELERY_QUEUE"):
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "vwards.settings",
        "DEMO": "1",
        "DATABASE_URL": database,
        "REDIS_URL": redis,
    }
    environment = dict(os.environ)
    # What this process does by itself is no log of the house.
    os.environ["LOG_LEVEL"] = "ERROR"
    # WhiteNoise misses the folder that only a release collects.
    warnings.filterwarnings("ignore", "No directory at")
    import django

    django.setup()
    return environment


def _new_folder() -> Path:
    """A folder of this process; what a killed run left behind goes."""
    runs = home() / "bench"
    own(runs, servant(), mode=0o755)
    for old in runs.iterdir():
        if not (Path("/proc") / old.name).exists():
            shutil.rmtree(old, ignore_errors=True)
    folder = runs / str(os.getpid())
    own(folder, servant(), mode=0o755)
    return folder
