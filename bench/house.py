"""Servers of its own, a web process and a ward of fifty; gone when the bench is over."""

import itertools
import os
import shutil
import subprocess
import sys
import time
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vwards.local import children
from vwards.local.programs import REPOSITORY, home, servant
from vwards.local.servers import LOOPBACK, Postgres, Valkey, free_port, own

if TYPE_CHECKING:
    from accounts.models import User
    from capacity.models import Ward
    from observations.models import Device

PATIENTS = 50
READY_SECONDS = 40
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Place:
    """Whom the readings are of, and who looks at them."""

    ward: "Ward"
    nurse: "User"
    hubs: "list[Device]"
    key: str


@contextmanager
def servers() -> Iterator[None]:
    """Durable ones, as in production; Django is set up on them in this process."""
    folder = home() / "bench"
    shutil.rmtree(folder, ignore_errors=True)
    own(folder, servant(), mode=0o755)
    postgres = Postgres(folder / "postgres", durable=True)
    valkey = Valkey(folder / "valkey", durable=False)
    try:
        postgres.start()
        valkey.start()
        _set_up(postgres.ensure_database("bench"), valkey.url())
        yield
    finally:
        valkey.stop()
        postgres.stop()
        shutil.rmtree(folder)


def _set_up(database: str, redis: str) -> None:
    for name in ("DEBUG", "BEHIND_TLS", "REDIS_KEY_PREFIX", "CELERY_QUEUE"):
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "vwards.settings",
        "DEMO": "1",
        "LOG_LEVEL": "ERROR",
        "DATABASE_URL": database,
        "REDIS_URL": redis,
    }
    # WhiteNoise misses the folder that only a release collects.
    warnings.filterwarnings("ignore", "No directory at")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


@contextmanager
def web() -> Iterator[str]:
    """One gunicorn process with threads; its address."""
    port = free_port()
    log = Path(home() / "bench" / "web.log")
    process = children.start(
        [
            *(sys.executable, "-m", "gunicorn", "vwards.wsgi", "--bind", f"{LOOPBACK}:{port}"),
            *("--worker-class", "gthread", "--threads", "4", "--no-control-socket"),
        ],
        log=log,
        environment=os.environ,
        cwd=str(REPOSITORY),
    )
    try:
        _wait(f"http://{LOOPBACK}:{port}/livez", process, log)
        yield f"{LOOPBACK}:{port}"
    finally:
        children.stop(process, patience=3)


def furnish() -> Place:
    """Fifty patients of one ward, each with a hub and one set of readings."""
    from observations.draining import drain
    from observations.intake import inbox
    from tests.capacity.factories import make_beds, make_ward
    from tests.observations.factories import body_of, make_gateway, make_held_hub, make_key
    from tests.patients.factories import make_admission, make_clinician

    ward = make_ward()
    nurse = make_clinician(ward)
    then = datetime.now(UTC) - timedelta(days=3)
    hubs = [
        make_held_hub(make_admission(ward=ward, bed=bed, at=then), by=nurse)
        for bed in make_beds(ward, PATIENTS)
    ]
    key = make_key(make_gateway())
    place = Place(ward, nurse, hubs, key)
    for hub in hubs:
        inbox.accept(key=key, body=body_of(readings(place, 7, of=[hub])))
    drain.drain_all()
    return place


def readings(
    place: Place, count: int, *, of: "list[Device] | None" = None, ago: timedelta = timedelta()
) -> list[dict[str, Any]]:
    """Sets of seven, calm ones, of one patient after the other, each id a new one."""
    from tests.observations.factories import NORMAL, SEVEN, UNITS

    measured_at = (datetime.now(UTC) - ago).isoformat()
    asked = itertools.product(of or place.hubs, SEVEN)
    made = []
    for hub, kind in itertools.islice(itertools.cycle(asked), count):
        one = {"device": hub.serial, "kind": kind, "value": NORMAL[kind]}
        one |= {"id": f"b-{next(_numbers)}", "measured_at": measured_at}
        made.append(one | ({"unit": UNITS[kind]} if kind in UNITS else {}))
    return made


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"The web process does not start:\n{children.last_lines(log)}")
