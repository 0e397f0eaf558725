"""What the web, the worker and the beat are started with, for the demo, the bench and the tests."""

import sys
from pathlib import Path

from vwards.local.servers import LOOPBACK

APPLICATION = "vwards.asgi:application"
# Django logs its own requests and reads the proxy's headers itself; there is no start-up to await.
PLAIN = ("--no-access-log", "--no-proxy-headers", "--no-server-header", "--lifespan", "off")


def everything(port: int, schedule: Path) -> dict[str, list[str]]:
    """All that runs beside the servers, by name, in the order in which it is started."""
    return {"web": web(port), "worker": worker(), "beat": beat(schedule)}


def web(port: int, application: str = APPLICATION) -> list[str]:
    return [
        *(sys.executable, "-m", "uvicorn", application, "--host", LOOPBACK, "--port", str(port)),
        *("--workers", "2", "--timeout-graceful-shutdown", "3", *PLAIN),
    ]


def worker() -> list[str]:
    """Three, since each waits for the database and the disk a third of its time; and after those
    who answer: a gateway waits for its 202, and nobody for the tenth of a second later."""
    more = ("--concurrency", "3", "--without-gossip", "--without-mingle")
    return ["nice", "-n", "10", *_celery("worker", *more)]


def beat(schedule: Path) -> list[str]:
    return _celery("beat", "--schedule", str(schedule))


def _celery(what: str, *more: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "vwards", what, "--loglevel", "INFO", *more]
