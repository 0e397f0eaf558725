"""Health checks of the containers: python -m vwards.probe /readyz | worker | beat."""

import http.client
import os
import socket
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vwards.settings")
WEB = ("127.0.0.1", 8000)


def healthy(what: str) -> bool:
    if what.startswith("/"):
        return _answers(what)
    return {"worker": _worker, "beat": _beat}[what]()


def _answers(address: str) -> bool:
    connection = http.client.HTTPConnection(*WEB, timeout=4)
    try:
        connection.request("GET", address)
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _worker() -> bool:
    """Whether the worker of this container answers."""
    from vwards.celery import app

    return bool(app.control.ping([f"celery@{socket.gethostname()}"], timeout=10))


def _beat() -> bool:
    import django

    django.setup()
    from vwards import health

    return health.beat_state() == "ok"


if __name__ == "__main__":
    sys.exit(0 if healthy(sys.argv[1]) else 1)
